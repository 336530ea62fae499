package io.towtank.scenarios.run;

/**
 * Something that a timeline did.
 *
 * @param atNanos virtual time
 * @param name what the scenario calls it, may be empty
 * @param what what was done, in a few words
 * @param problem why it could not be done, empty where it was
 */
public record TimelineOutcome(long atNanos, String name, String what, String problem) {
  /** What was done, with its name and with what went wrong. */
  public String text() {
    return (name.isEmpty() ? "" : name + ": ")
        + what
        + (problem.isEmpty() ? "" : " (not done: " + problem + ")");
  }
}
