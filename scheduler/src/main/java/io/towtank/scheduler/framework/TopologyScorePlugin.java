package io.towtank.scheduler.framework;

import io.towtank.scheduler.state.PodInfo;
import org.jspecify.annotations.Nullable;

/** Prefers nodes by topology (kube-scheduler: PreScore, Score and NormalizeScore). */
public interface TopologyScorePlugin extends Plugin {
  /** The rule for pods like this one; null where the plugin has no opinion of them. */
  @Nullable TopologyScore preScore(PodInfo pod);
}
