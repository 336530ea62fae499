package io.towtank.scheduler.extender;

/**
 * How an extender did.
 *
 * @param name as in {@link Extender#name}
 * @param calls how often it was asked
 * @param failures how often no answer came, or one that says that it failed
 * @param firstFailure what was wrong the first time; empty where it never failed
 */
public record ExtenderUse(String name, long calls, long failures, String firstFailure) {
  /** Of the same extender, after this one. */
  public ExtenderUse plus(ExtenderUse later) {
    return new ExtenderUse(
        name,
        calls + later.calls,
        failures + later.failures,
        firstFailure.isEmpty() ? later.firstFailure : firstFailure);
  }
}
