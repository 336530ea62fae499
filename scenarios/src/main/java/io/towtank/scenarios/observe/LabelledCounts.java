package io.towtank.scenarios.observe;

import io.towtank.api.KubeObject;
import io.towtank.scenarios.expression.Expression;
import io.towtank.store.CommitListener;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many objects there are of certain kinds and labels, kept up to date write by write. */
final class LabelledCounts implements CommitListener {
  private final Map<Expression.Count, long[]> counts = new LinkedHashMap<>();

  /** Has objects counted from now on, of which there are none yet. */
  void add(Expression.Count count) {
    counts.putIfAbsent(count, new long[1]);
  }

  /** How many there are, of those that were added. */
  long get(Expression.Count count) {
    long[] number = counts.get(count);
    if (number == null) {
      throw new IllegalArgumentException(count + " was not to be counted");
    }
    return number[0];
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    counts.forEach((count, number) -> {
      if (matches(count, previous)) {
        number[0]--;
      }
      if (matches(count, current)) {
        number[0]++;
      }
    });
  }

  private static boolean matches(Expression.Count count, @Nullable KubeObject object) {
    return object != null
        && object.kind().equals(count.kind())
        && count.selector().matches(object.metadata().labels());
  }
}
