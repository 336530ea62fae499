package io.towtank.scenarios.run;

import io.towtank.scenarios.language.Fault;

/**
 * From when to when something was wrong.
 *
 * @param fromNanos virtual time
 * @param untilNanos virtual time; {@link Fault#FOR_GOOD} where it outlasted the run
 * @param name what the scenario calls it, may be empty
 * @param what what went wrong, in a few words
 */
public record FaultSpan(long fromNanos, long untilNanos, String name, String what) {
  /** Whether it was over before the run was. */
  public boolean isOver() {
    return untilNanos != Fault.FOR_GOOD;
  }

  /** What to call it where there is little room. */
  public String label() {
    return name.isEmpty() ? what : name;
  }
}
