package io.towtank.scenarios.expression;

/** What expressions read: the state of a cluster, now or at the end of a run. */
public interface Readings {
  /** The value of a metric by its name in the summary, as in {@code pods.running}. */
  Value metric(String name);

  /** What the values come to that something had so far. */
  Value aggregate(Expression.Aggregate aggregate);

  /** How many objects there are of a kind with certain labels. */
  Value count(Expression.Count count);

  /** A field of an object. */
  Value field(Expression.Field field);
}
