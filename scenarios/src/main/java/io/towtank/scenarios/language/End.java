package io.towtank.scenarios.language;

import io.towtank.api.Durations;
import io.towtank.scenarios.expression.Condition;
import io.towtank.scenarios.expression.ExpressionParser;

/**
 * When a run ends.
 *
 * @param limitNanos virtual time at which it ends in any case
 */
public record End(Until until, long limitNanos) {
  /** When nothing is going on any more, or after ten years. */
  public static final End DEFAULT = new End(new Until.Idle(), Durations.parse("3650d"));

  /** What a run waits for. */
  public sealed interface Until {
    /** Until nothing is going on any more. */
    record Idle() implements Until {}

    /** Until a virtual time. */
    record Time(long nanos) implements Until {}

    /** Until something holds. */
    record Holds(String text, Condition condition) implements Until {}

    /**
     * {@code idle}, a duration, or a condition.
     *
     * @throws IllegalArgumentException where the text is none of them
     */
    static Until parse(String text) {
      if (text.equals("idle")) {
        return new Idle();
      }
      if (!text.isEmpty() && Character.isDigit(text.charAt(0)) && text.indexOf(' ') < 0) {
        return new Time(Durations.parse(text));
      }
      try {
        return new Holds(text, ExpressionParser.liveCondition(text));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            e.getMessage() + " (it is idle, a duration as in 1h30m, or a condition)", e);
      }
    }
  }
}
