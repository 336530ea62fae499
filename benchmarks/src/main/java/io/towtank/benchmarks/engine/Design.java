package io.towtank.benchmarks.engine;

import io.towtank.time.Simulation;

/** The designs that are compared. */
public enum Design {
  TOWTANK,
  LADDER_QUEUE,
  TIMING_WHEEL,
  HEAP_4,
  HEAP_2;

  EventLoop create() {
    return switch (this) {
      case TOWTANK -> new EventLoop.TowtankLoop(new Simulation(1, 0));
      case LADDER_QUEUE -> new EventLoop.QueueLoop(new LadderQueue());
      case TIMING_WHEEL -> new EventLoop.QueueLoop(new TimingWheel());
      case HEAP_4 -> new EventLoop.QueueLoop(new DaryHeap(2));
      case HEAP_2 -> new EventLoop.QueueLoop(new DaryHeap(1));
    };
  }
}
