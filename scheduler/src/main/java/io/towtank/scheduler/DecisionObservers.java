package io.towtank.scheduler;

import io.towtank.api.Pod;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.explain.DecisionObserver;
import io.towtank.scheduler.explain.DecisionObserver.Step;
import io.towtank.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Those who are told of decisions: mostly nobody, which costs nothing. */
final class DecisionObservers {
  private final List<DecisionObserver> observers = new ArrayList<>();

  void add(DecisionObserver observer) {
    observers.add(observer);
  }

  /** Whether anybody wants to be told of a pod. */
  boolean want(Pod pod) {
    for (int i = 0; i < observers.size(); i++) {
      if (observers.get(i).wants(pod)) {
        return true;
      }
    }
    return false;
  }

  void decided(Pod pod, Decision decision) {
    tell(pod, observer -> observer.decided(pod, decision));
  }

  void answered(Pod pod, Step step, String plugin, Status status) {
    if (!observers.isEmpty()) {
      tell(pod, observer -> observer.answered(pod, step, plugin, status));
    }
  }

  void waits(Pod pod, String plugin, long timeoutNanos) {
    if (!observers.isEmpty()) {
      tell(pod, observer -> observer.waits(pod, plugin, timeoutNanos));
    }
  }

  void bindingOver(Pod pod) {
    if (!observers.isEmpty()) {
      tell(pod, observer -> observer.bindingOver(pod));
    }
  }

  private void tell(Pod pod, Consumer<DecisionObserver> what) {
    for (DecisionObserver observer : observers) {
      if (observer.wants(pod)) {
        what.accept(observer);
      }
    }
  }
}
