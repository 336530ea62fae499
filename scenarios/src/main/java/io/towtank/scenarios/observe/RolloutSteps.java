package io.towtank.scenarios.observe;

import com.google.common.collect.ImmutableList;
import io.towtank.scenarios.observe.Rollout.Step;
import java.util.ArrayList;
import java.util.List;

/** The steps of a roll-out while it goes on: when there is no room left, every other one goes. */
final class RolloutSteps {
  static final int ROOM = 64;

  private final List<Step> steps = new ArrayList<>(4);

  void add(Step step) {
    if (!steps.isEmpty()) {
      Step last = steps.getLast();
      if (last.pods() == step.pods()
          && last.updated() == step.updated()
          && last.available() == step.available()) {
        return;
      }
      if (last.nanos() == step.nanos()) {
        steps.removeLast();
      }
    }
    if (steps.size() == ROOM) {
      for (int i = 1; i < ROOM / 2; i++) {
        steps.set(i, steps.get(2 * i));
      }
      steps.subList(ROOM / 2, ROOM).clear();
    }
    steps.add(step);
  }

  ImmutableList<Step> list() {
    return ImmutableList.copyOf(steps);
  }
}
