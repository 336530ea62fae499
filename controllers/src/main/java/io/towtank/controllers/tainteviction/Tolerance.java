package io.towtank.controllers.tainteviction;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Taint;
import io.towtank.api.Toleration;

/** For how long a pod bears NoExecute taints. */
final class Tolerance {
  static final long FOR_EVER = Long.MAX_VALUE;

  private static final String NO_EXECUTE = "NoExecute";
  private static final long SECOND = 1_000_000_000L;

  private Tolerance() {}

  /** The taints among these that drive pods away. */
  static ImmutableList<Taint> noExecute(ImmutableList<Taint> taints) {
    return taints.stream()
        .filter(taint -> taint.effect().equals(NO_EXECUTE))
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * For how many nanoseconds tolerations cover all of these taints: 0 where one is not tolerated at
   * all, else the least of those that are used (taint_eviction.go: getMinTolerationTime).
   */
  static long nanos(ImmutableList<Toleration> tolerations, ImmutableList<Taint> taints) {
    long least = FOR_EVER;
    for (Taint taint : taints) {
      boolean tolerated = false;
      for (Toleration toleration : tolerations) {
        if (toleration.tolerates(taint)) {
          tolerated = true;
          Long seconds = toleration.tolerationSeconds();
          if (seconds != null) {
            least = Math.min(least, Math.max(0, seconds) * SECOND);
          }
          // v1helper.GetMatchingTolerations: the first that matches is the one used
          break;
        }
      }
      if (!tolerated) {
        return 0;
      }
    }
    return least;
  }
}
