package io.towtank.scenarios.expression;

import java.math.BigDecimal;
import java.math.MathContext;

/** What an expression comes to. */
public sealed interface Value {
  /** A number; times are in seconds, sizes in bytes. */
  record Num(double value) implements Value {
    @Override
    public String toString() {
      if (value == Math.rint(value) && Math.abs(value) < 1e15) {
        return Long.toString((long) value);
      }
      return Double.isFinite(value)
          ? new BigDecimal(value, new MathContext(6)).stripTrailingZeros().toPlainString()
          : Double.toString(value);
    }
  }

  /** A text, as of an object's field. */
  record Text(String value) implements Value {
    @Override
    public String toString() {
      return '"' + value + '"';
    }
  }

  /** Nothing: an object, a field or a measurement that is not there. Equal to nothing. */
  record Missing(String why) implements Value {
    @Override
    public String toString() {
      return "nothing (" + why + ")";
    }
  }
}
