package io.towtank.scheduler;

import io.towtank.time.SelfCheck;
import org.jspecify.annotations.Nullable;

/** What is remembered of nodes by template is what the plugins would say now. */
final class NodeRankingCheck implements SelfCheck {
  private final SchedulingCycle cycle;

  NodeRankingCheck(SchedulingCycle cycle) {
    this.cycle = cycle;
  }

  @Override
  public String name() {
    return "scheduler: verdicts and scores by template";
  }

  @Override
  public @Nullable String firstDifference() {
    return cycle.firstDifference();
  }
}
