package io.towtank.controllers.nodelifecycle;

import io.towtank.time.Simulation;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A zone's lost nodes, which get their NoExecute taints one after another at the zone's rate
 * (controller/nodelifecycle/scheduler: RateLimitedTimedQueue with a bucket of one token). A node is
 * handed out once, until it is removed.
 */
final class ZoneTainter {
  // nodeEvictionPeriod: how often the queue is looked at
  private static final long PERIOD_NANOS = 100_000_000L;

  private final Simulation simulation;
  private final Consumer<String> taint;
  private final Set<String> queue = new LinkedHashSet<>();
  private final Set<String> handedOut = new LinkedHashSet<>();
  private double rate;

  /** When there is a token again. */
  private long tokenAtNanos;

  private long timer;

  ZoneTainter(Simulation simulation, double rate, Consumer<String> taint) {
    this.simulation = simulation;
    this.rate = rate;
    this.taint = taint;
  }

  /** Adds a node; false where it waits or was handed out already. */
  boolean add(String node) {
    if (handedOut.contains(node) || !queue.add(node)) {
      return false;
    }
    arm();
    return true;
  }

  /** Lets a node be added again; false where it was not there. */
  boolean remove(String node) {
    boolean waited = queue.remove(node);
    boolean gone = handedOut.remove(node) || waited;
    if (queue.isEmpty()) {
      disarm();
    }
    return gone;
  }

  /** Another try for a node that was handed out in vain. */
  void again(String node) {
    if (handedOut.remove(node)) {
      add(node);
    }
  }

  /** Sets how many nodes a second are handed out; 0 for none. */
  void setRate(double rate) {
    if (rate == this.rate) {
      return;
    }
    long now = simulation.nanos();
    // SwapLimiter: who waited for a token goes on waiting, at the new rate.
    boolean empty = this.rate == 0 || tokenAtNanos > now;
    this.rate = rate;
    disarm();
    tokenAtNanos = empty && rate > 0 ? now + intervalNanos() : now;
    arm();
  }

  private long intervalNanos() {
    return (long) (1e9 / rate);
  }

  private void arm() {
    if (timer != 0 || rate == 0 || queue.isEmpty()) {
      return;
    }
    long now = simulation.nanos();
    long at = Math.ceilDiv(Math.max(now, tokenAtNanos), PERIOD_NANOS) * PERIOD_NANOS;
    timer = simulation.schedule(at - now, this::handOut);
  }

  private void disarm() {
    if (timer != 0) {
      simulation.cancel(timer);
      timer = 0;
    }
  }

  private void handOut() {
    timer = 0;
    String node = queue.iterator().next();
    queue.remove(node);
    handedOut.add(node);
    tokenAtNanos = simulation.nanos() + intervalNanos();
    arm();
    taint.accept(node);
  }
}
