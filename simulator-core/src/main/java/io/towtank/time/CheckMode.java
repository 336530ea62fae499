package io.towtank.time;

/** How much a simulation checks itself: each mode does what the one before it does, and more. */
public enum CheckMode {
  /** Registered checks do not run. */
  FAST,

  /** Registered checks run whenever a run stops. */
  CHECKED,

  /** Registered checks also run every so many events ({@link Simulation#checkEvery}). */
  PARANOID
}
