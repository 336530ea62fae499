package io.towtank.scenarios.expression;

import io.towtank.api.Kind;
import io.towtank.api.ObjectKey;
import io.towtank.api.Selector;

/** What comes to a value: a number, a metric, a field, or a calculation with such. */
public sealed interface Expression {
  /** The value now. */
  Value evaluate(Readings readings);

  /** A number or text that stands in the expression itself. */
  record Literal(Value value) implements Expression {
    @Override
    public Value evaluate(Readings readings) {
      return value;
    }
  }

  /** A metric by its name in the summary. */
  record Metric(String name) implements Expression {
    @Override
    public Value evaluate(Readings readings) {
      return readings.metric(name);
    }
  }

  /** What values come to over a stretch of virtual time. */
  enum AggregateFunction {
    MAX,
    MIN,
    MEAN,
    CHANGES,
    TURNS
  }

  /**
   * The largest, smallest or (by time) mean value that something had, how often it changed, or how
   * often it turned: up after it had gone down, or down after up.
   *
   * @param of what; it can be read at any time
   * @param fromNanos where the stretch begins, virtual time
   * @param toNanos where it ends; Long.MAX_VALUE for the end of the run
   */
  record Aggregate(AggregateFunction function, Expression of, long fromNanos, long toNanos)
      implements Expression {
    @Override
    public Value evaluate(Readings readings) {
      return readings.aggregate(this);
    }
  }

  /**
   * How many objects of a kind have labels that match.
   *
   * @param selectorText the selector as it was written
   */
  record Count(Kind<?> kind, String selectorText, Selector selector) implements Expression {
    @Override
    public Value evaluate(Readings readings) {
      return readings.count(this);
    }
  }

  /**
   * A field of an object, by its path in the object's document.
   *
   * @param path as in {@code spec.template.spec.containers[0].image}
   */
  record Field(Kind<?> kind, ObjectKey key, FieldPath path) implements Expression {
    @Override
    public Value evaluate(Readings readings) {
      return readings.field(this);
    }
  }

  /** One of the four operations on two numbers. */
  record Calculation(Expression left, char operator, Expression right) implements Expression {
    @Override
    public Value evaluate(Readings readings) {
      Value a = left.evaluate(readings);
      Value b = right.evaluate(readings);
      if (a instanceof Value.Missing) {
        return a;
      }
      if (b instanceof Value.Missing) {
        return b;
      }
      if (a instanceof Value.Num(double x) && b instanceof Value.Num(double y)) {
        return new Value.Num(
            switch (operator) {
              case '+' -> x + y;
              case '-' -> x - y;
              case '*' -> x * y;
              default -> x / y;
            });
      }
      return new Value.Missing("\"" + operator + "\" needs numbers, not " + a + " and " + b);
    }
  }
}
