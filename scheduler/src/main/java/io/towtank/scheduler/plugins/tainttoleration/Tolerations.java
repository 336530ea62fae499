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
      if (tolerations.get(i).tolerates(taint)) {
        return true;
      }
    }
    return false;
  }

  static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
