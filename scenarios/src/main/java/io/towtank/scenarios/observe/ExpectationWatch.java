package io.towtank.scenarios.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Durations;
import io.towtank.scenarios.expression.Condition;
import io.towtank.scenarios.expression.Expectation;
import io.towtank.scenarios.expression.Expectation.Timing;
import io.towtank.scenarios.expression.Expression;
import io.towtank.scenarios.expression.Expressions;
import io.towtank.scenarios.expression.Readings;
import io.towtank.scenarios.expression.Value;
import io.towtank.store.ApiStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Watches a run for what is expected of it, and judges at its end.
 *
 * <p>Conditions "by", "from … to" and "always" are looked at in every state that lasted, not in
 * samples: nothing is missed.
 */
public final class ExpectationWatch implements Settling.Observer {
  private final Settling state;
  private final LiveMetrics metrics;
  private final LabelledCounts counts = new LabelledCounts();
  private final Map<Expression.Field, FieldReading> fields = new LinkedHashMap<>();
  private final Map<Expression.Aggregate, History> histories = new LinkedHashMap<>();
  private final List<Watched> watched = new ArrayList<>();
  private Function<String, @Nullable JsonNode> summary = name -> null;

  /** An expectation with what is known of it so far. */
  private static final class Watched {
    private final Expectation expectation;
    private boolean decided;
    private boolean passed;
    private String actual = "";

    Watched(Expectation expectation) {
      this.expectation = expectation;
    }

    void decide(boolean passed, String actual) {
      this.decided = true;
      this.passed = passed;
      this.actual = actual;
    }
  }

  /**
   * What became of an expectation.
   *
   * @param actual what was there instead, in words
   */
  public record Outcome(Expectation expectation, boolean passed, String actual) {}

  /**
   * Watches nothing yet.
   *
   * @param state tells of states that lasted; the watch is to be added to it
   */
  public ExpectationWatch(ApiStore store, Settling state, LiveMetrics metrics) {
    this.state = state;
    this.metrics = metrics;
    store.addCommitListener(counts);
  }

  /** Has something watched from now on: before the first write. */
  public void add(Expectation expectation) {
    prepare(expectation.condition());
    watched.add(new Watched(expectation));
  }

  /** Has all counted that a condition asks for, which then can be asked at any time. */
  public Condition prepare(Condition condition) {
    Expressions.in(condition).forEach(this::prepare);
    return condition;
  }

  private void prepare(Expression expression) {
    switch (expression) {
      case Expression.Count count -> counts.add(count);
      case Expression.Aggregate aggregate -> {
        Expressions.in(aggregate.of()).forEach(this::prepare);
        histories.computeIfAbsent(
            aggregate, a -> new History(() -> a.of().evaluate(now), a.fromNanos(), a.toNanos()));
      }
      case Expression.Field field -> {}
      case Expression.Metric metric -> {}
      case Expression.Literal literal -> {}
      case Expression.Calculation calculation -> {}
    }
  }

  @Override
  public void held(long sinceNanos, long untilNanos) {
    for (History history : histories.values()) {
      history.held(sinceNanos, untilNanos);
    }
    for (Watched one : watched) {
      if (!one.decided) {
        look(one, sinceNanos, untilNanos);
      }
    }
  }

  private void look(Watched one, long sinceNanos, long untilNanos) {
    Condition condition = one.expectation.condition();
    switch (one.expectation.timing()) {
      case Timing.AtEnd end -> {}
      case Timing.At(long nanos) -> {
        if (nanos < untilNanos) {
          one.decide(condition.holds(now), condition.actual(now));
        }
      }
      case Timing.By(long nanos) -> {
        if (condition.holds(now)) {
          boolean inTime = sinceNanos <= nanos;
          one.decide(
              inTime,
              "it came true " + (inTime ? "" : "only ") + "at " + Durations.format(sinceNanos));
        }
      }
      case Timing.Throughout(long fromNanos, long toNanos) -> {
        long since = Math.max(sinceNanos, fromNanos);
        if (since < untilNanos && since <= toNanos && !condition.holds(now)) {
          one.decide(false, condition.actual(now) + ", from " + Durations.format(since) + " on");
        }
      }
    }
  }

  /**
   * What became of all expectations.
   *
   * @param endNanos when the run ended
   * @param summary the values of metrics that are known at the end, by name
   */
  public ImmutableList<Outcome> judge(long endNanos, Function<String, @Nullable JsonNode> summary) {
    this.summary = summary;
    ImmutableList.Builder<Outcome> outcomes = ImmutableList.builder();
    for (Watched one : watched) {
      if (!one.decided) {
        atEnd(one, endNanos);
      }
      outcomes.add(new Outcome(one.expectation, one.passed, one.actual));
    }
    return outcomes.build();
  }

  private void atEnd(Watched one, long endNanos) {
    Condition condition = one.expectation.condition();
    String ended = "the run ended at " + Durations.format(endNanos);
    switch (one.expectation.timing()) {
      case Timing.AtEnd end -> one.decide(condition.holds(now), condition.actual(now));
      case Timing.At(long nanos) -> one.decide(false, ended);
      case Timing.By(long nanos) ->
          one.decide(false, "it never came true; at the end: " + condition.actual(now));
      case Timing.Throughout(long fromNanos, long toNanos) ->
          one.decide(fromNanos <= endNanos, fromNanos <= endNanos ? "it held all the time" : ended);
    }
  }

  /** What conditions read of the present state. */
  public Readings now() {
    return now;
  }

  private final Readings now =
      new Readings() {
        @Override
        public Value metric(String name) {
          DoubleSupplier live = metrics.find(name);
          if (live != null) {
            return new Value.Num(live.getAsDouble());
          }
          JsonNode value = summary.apply(name);
          return value != null && value.isNumber()
              ? new Value.Num(value.doubleValue())
              : new Value.Missing("the run measured no " + name);
        }

        @Override
        public Value aggregate(Expression.Aggregate aggregate) {
          History history = histories.get(aggregate);
          if (history == null || history.empty()) {
            return new Value.Missing(
                "nothing was there from " + Durations.format(aggregate.fromNanos()) + " on");
          }
          return new Value.Num(
              switch (aggregate.function()) {
                case MAX -> history.max();
                case MIN -> history.min();
                case MEAN -> history.mean();
                case CHANGES -> history.changes();
                case TURNS -> history.turns();
              });
        }

        @Override
        public Value count(Expression.Count count) {
          return new Value.Num(counts.get(count));
        }

        @Override
        public Value field(Expression.Field field) {
          return fields.computeIfAbsent(field, FieldReading::new).value(state);
        }
      };
}
