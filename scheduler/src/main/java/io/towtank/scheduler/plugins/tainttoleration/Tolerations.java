package io.towtank.scheduler.plugins.tainttoleration;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Taint;
import io.towtank.api.Toleration;
import org.jspecify.annotations.Nullable;

/** Which taints a pod's tolerations cover (kubernetes: v1helper.TolerationsTolerateTaint). */
public final class Tolerations {
  private Tolerations() {}

  /** The first taint that keeps pods off and is not tolerated; null where all are. */
  public static @Nullable Taint firstUntolerated(
      ImmutableList<Taint> taints, ImmutableList<Toleration> tolerations) {
    for (int i = 0; i < taints.size(); i++) {
      Taint taint = taints.get(i);
      boolean keepsOff = taint.effect().equals("NoSchedule") || taint.effect().equals("NoExecute");
      if (keepsOff && !tolerated(taint, tolerations)) {
        return taint;
      }
    }
    return null;
  }

  /** Whether any of the tolerations covers the taint. */
  public static boolean tolerated(Taint taint, ImmutableList<Toleration> tolerations) {
    for (int i = 0; i < tolerations.size(); i++) {
      if (tolerates(tolerations.get(i), taint)) {
        return true;
      }
    }
    return false;
  }

  private static boolean tolerates(Toleration toleration, Taint taint) {
    if (isSet(toleration.effect()) && !taint.effect().equals(toleration.effect())) {
      return false;
    }
    if (isSet(toleration.key()) && !taint.key().equals(toleration.key())) {
      return false;
    }
    String operator = toleration.operator();
    if (operator == null || operator.isEmpty() || operator.equals("Equal")) {
      return orEmpty(toleration.value()).equals(orEmpty(taint.value()));
    }
    return operator.equals("Exists");
  }

  private static boolean isSet(@Nullable String text) {
    return text != null && !text.isEmpty();
  }

  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
