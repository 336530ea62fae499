package io.towtank.store;

import io.towtank.api.Event;
import io.towtank.time.Simulation;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Has Event objects go when nobody has written them for an hour (kube-apiserver: --event-ttl). All
 * live equally long, so they go in the order of their writes, and one timer is enough.
 */
final class EventExpiry {
  private record Written(Event event, long dueNanos) {}

  private final Simulation simulation;
  private final long lifeNanos;
  private final Consumer<Event> expire;
  private final ArrayDeque<Written> written = new ArrayDeque<>();

  /**
   * @param expire is given an event as it was written; it may have been written since
   */
  EventExpiry(Simulation simulation, long lifeNanos, Consumer<Event> expire) {
    this.simulation = simulation;
    this.lifeNanos = lifeNanos;
    this.expire = expire;
  }

  void written(Event event) {
    written.add(new Written(event, simulation.nanos() + lifeNanos));
    if (written.size() == 1) {
      schedule();
    }
  }

  private void schedule() {
    simulation.scheduleBackground(
        written.element().dueNanos - simulation.nanos(), this::expireWhatIsDue);
  }

  private void expireWhatIsDue() {
    while (!written.isEmpty() && written.element().dueNanos <= simulation.nanos()) {
      expire.accept(written.remove().event);
    }
    if (!written.isEmpty()) {
      schedule();
    }
  }
}
