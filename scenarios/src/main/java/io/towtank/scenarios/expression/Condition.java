package io.towtank.scenarios.expression;

/** What is true or false of a cluster. */
public sealed interface Condition {
  /** Whether it holds now. */
  boolean holds(Readings readings);

  /** What the compared values are now, for messages. */
  String actual(Readings readings);

  /** How two values are compared. */
  enum Operator {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    AT_MOST("<="),
    MORE(">"),
    AT_LEAST(">=");

    private final String text;

    Operator(String text) {
      this.text = text;
    }

    boolean holds(double left, double right) {
      return switch (this) {
        case EQUAL -> left == right;
        case NOT_EQUAL -> left != right;
        case LESS -> left < right;
        case AT_MOST -> left <= right;
        case MORE -> left > right;
        case AT_LEAST -> left >= right;
      };
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** Two values compared. What is missing equals nothing and is neither less nor more. */
  record Comparison(Expression left, Operator operator, Expression right) implements Condition {
    @Override
    public boolean holds(Readings readings) {
      Value a = left.evaluate(readings);
      Value b = right.evaluate(readings);
      if (a instanceof Value.Num(double x) && b instanceof Value.Num(double y)) {
        return operator.holds(x, y);
      }
      boolean comparable = !(a instanceof Value.Missing) && !(b instanceof Value.Missing);
      return switch (operator) {
        case EQUAL -> comparable && a.equals(b);
        case NOT_EQUAL -> !comparable || !a.equals(b);
        case LESS, AT_MOST, MORE, AT_LEAST -> false;
      };
    }

    @Override
    public String actual(Readings readings) {
      Value a = left.evaluate(readings);
      return right instanceof Expression.Literal
          ? a.toString()
          : a + " and " + right.evaluate(readings);
    }
  }

  /** Both or either of two. */
  record Combination(Condition left, boolean both, Condition right) implements Condition {
    @Override
    public boolean holds(Readings readings) {
      return both
          ? left.holds(readings) && right.holds(readings)
          : left.holds(readings) || right.holds(readings);
    }

    @Override
    public String actual(Readings readings) {
      return left.actual(readings) + "; " + right.actual(readings);
    }
  }
}
