package io.towtank.scenarios.expression;

import com.google.common.collect.ImmutableList;

/** Walks through conditions and calculations. */
public final class Expressions {
  private Expressions() {}

  /** All expressions that a condition is made of, but for the calculations themselves. */
  public static ImmutableList<Expression> in(Condition condition) {
    ImmutableList.Builder<Expression> found = ImmutableList.builder();
    collect(condition, found);
    return found.build();
  }

  /** All expressions that a calculation is made of; of any other expression, itself. */
  public static ImmutableList<Expression> in(Expression expression) {
    ImmutableList.Builder<Expression> found = ImmutableList.builder();
    collect(expression, found);
    return found.build();
  }

  private static void collect(Condition condition, ImmutableList.Builder<Expression> found) {
    switch (condition) {
      case Condition.Comparison comparison -> {
        collect(comparison.left(), found);
        collect(comparison.right(), found);
      }
      case Condition.Combination combination -> {
        collect(combination.left(), found);
        collect(combination.right(), found);
      }
    }
  }

  private static void collect(Expression expression, ImmutableList.Builder<Expression> found) {
    if (expression instanceof Expression.Calculation calculation) {
      collect(calculation.left(), found);
      collect(calculation.right(), found);
    } else {
      found.add(expression);
    }
  }
}
