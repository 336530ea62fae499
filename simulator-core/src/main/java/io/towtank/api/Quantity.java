package io.towtank.api;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * An amount of a resource, as in {@code 500m}, {@code 1.5} or {@code 2Gi}: a decimal number of any
 * size, at least as fine as a billionth, and the format in which it is written.
 *
 * <p>Behaves as resource.Quantity of apimachinery 1.34 does, in what it rounds, what it caps and
 * what silently overflows. As there, an amount is a 64-bit number times a power of ten while it
 * fits, and a decimal of any length otherwise; which of the two it is shows in how {@link #value}
 * and {@link #milliValue} round and overflow, so operations keep the form that Kubernetes would
 * have.
 */
public final class Quantity implements Comparable<Quantity> {
  /** How a quantity is written. */
  public enum Format {
    /** With powers of ten, as in {@code 12e6}. */
    DECIMAL_EXPONENT,
    /** With powers of 1024, as in {@code 12Mi}. */
    BINARY_SI,
    /** With powers of 1000, as in {@code 12M}. */
    DECIMAL_SI
  }

  /** Nothing. */
  public static final Quantity ZERO = new Quantity(0, 0, Format.DECIMAL_SI, "0");

  private static final int NANO_DIGITS = 9;

  /** The longest number of decimal digits of which every one fits 64 bits. */
  private static final int MAX_DIGITS = 18;

  /**
   * The largest difference of exponents that is written out in digits. Kubernetes has no such
   * bound, and no memory left then.
   */
  private static final long MAX_EXPONENT_SPAN = 100_000;

  private static final long[] POWERS_OF_TEN = new long[MAX_DIGITS + 1];

  static {
    POWERS_OF_TEN[0] = 1;
    for (int i = 1; i < POWERS_OF_TEN.length; i++) {
      POWERS_OF_TEN[i] = 10 * POWERS_OF_TEN[i - 1];
    }
  }

  private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);
  private static final BigInteger BIG_1024 = BigInteger.valueOf(1024);

  /**
   * What seldom is needed: BigDecimal takes its time to prepare itself, powers of five above all.
   */
  private static final class Large {
    static final BigDecimal MAX_BINARY = BigDecimal.valueOf(Long.MAX_VALUE);
  }

  /** The amount is this times ten to the power of {@link #exponent}, unless {@link #big} is set. */
  private final long significand;

  private final int exponent;
  private final Format format;
  private final @Nullable BigDecimal big;

  /** The written form once it is known. */
  private @Nullable String text;

  private Quantity(long significand, int exponent, Format format, @Nullable String text) {
    this.significand = significand;
    this.exponent = exponent;
    this.format = format;
    this.big = null;
    this.text = text;
  }

  private Quantity(BigDecimal big, Format format) {
    this.significand = 0;
    this.exponent = 0;
    this.format = format;
    this.big = big;
  }

  /**
   * Reads a quantity: a signed decimal number and a suffix, which is one of n, u, m, k, M, G, T, P,
   * E, one of Ki, Mi, Gi, Ti, Pi, Ei, or an exponent as e3. What is finer than a billionth is
   * rounded up, away from zero; what is written with binary suffixes is capped at 2^63-1.
   *
   * @throws IllegalArgumentException where the text is none
   */
  public static Quantity parse(String text) {
    int end = text.length();
    if (end == 0) {
      throw QuantitySyntax.malformed(text);
    }
    char first = text.charAt(0);
    boolean negative = first == '-';
    int position = negative || first == '+' ? 1 : 0;
    while (position < end && text.charAt(position) == '0') {
      position++;
    }
    if (position == end) {
      // Also where no digit is at all, as in "-".
      return text.equals("0") ? ZERO : new Quantity(0, 0, Format.DECIMAL_SI, null);
    }
    // What overflows here has too many digits for the fast form and is read again below.
    long digits = 0;
    int start = position;
    while (position < end && isDigit(text.charAt(position))) {
      digits = 10 * digits + (text.charAt(position++) - '0');
    }
    boolean leadingDigit = position > start;
    int wholeDigits = leadingDigit ? position - start : 1;
    int fractionDigits = 0;
    if (position < end && text.charAt(position) == '.') {
      start = ++position;
      while (position < end && isDigit(text.charAt(position))) {
        digits = 10 * digits + (text.charAt(position++) - '0');
      }
      fractionDigits = position - start;
    }
    QuantitySuffix suffix = QuantitySyntax.suffix(text, position);
    int totalDigits = wholeDigits + fractionDigits;

    if (suffix.format() == Format.BINARY_SI) {
      // 2^10 has about three decimal digits.
      if (fractionDigits == 0 && wholeDigits + suffix.exponent() * 3 / 10 <= 14) {
        long amount = digits << suffix.exponent();
        return new Quantity(
            negative ? -amount : amount,
            0,
            Format.BINARY_SI,
            // Kubernetes keeps the text where it guesses that it is canonical; so +1Ki stays.
            (digits & 7) != 0 ? text : null);
      }
    } else if (totalDigits <= MAX_DIGITS) {
      int exponent = suffix.exponent() - fractionDigits;
      if (exponent >= -NANO_DIGITS) {
        boolean keep = exponent % 3 == 0 && leadingDigit && (totalDigits < 3 || digits % 1000 != 0);
        return new Quantity(
            negative ? -digits : digits, exponent, suffix.format(), keep ? text : null);
      }
    }
    return parseBig(text, position, suffix);
  }

  private static Quantity parseBig(String text, int numberEnd, QuantitySuffix suffix) {
    BigDecimal amount;
    try {
      amount = new BigDecimal(text.substring(0, numberEnd));
    } catch (NumberFormatException e) {
      // No digit before the suffix.
      throw QuantitySyntax.notNumeric(text, e);
    }
    Format format = suffix.format();
    if (format == Format.BINARY_SI) {
      amount = new BigDecimal(amount.unscaledValue().shiftLeft(suffix.exponent()), amount.scale());
    } else {
      amount = new BigDecimal(amount.unscaledValue(), amount.scale() - suffix.exponent());
    }
    if (amount.signum() != 0) {
      amount = roundedToNano(amount, text);
    }
    if (format == Format.BINARY_SI) {
      BigDecimal magnitude = amount.abs();
      if (magnitude.compareTo(Large.MAX_BINARY) > 0) {
        amount = amount.signum() < 0 ? Large.MAX_BINARY.negate() : Large.MAX_BINARY;
      } else if (magnitude.compareTo(BigDecimal.ONE) < 0 && magnitude.signum() > 0) {
        format = Format.DECIMAL_SI;
      }
    }
    return new Quantity(amount, format);
  }

  /** Rounded away from zero: who asks for a little is to get something. */
  private static BigDecimal roundedToNano(BigDecimal amount, String text) {
    if ((long) amount.scale() - amount.precision() >= NANO_DIGITS) {
      return BigDecimal.valueOf(amount.signum(), NANO_DIGITS);
    }
    if (-(long) amount.scale() > MAX_EXPONENT_SPAN) {
      throw new IllegalArgumentException(
          "the exponent of \"" + text + "\" is too large; at most e" + MAX_EXPONENT_SPAN);
    }
    return amount.setScale(NANO_DIGITS, RoundingMode.UP);
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  /** So many of a unit. */
  public static Quantity of(long value) {
    return new Quantity(value, 0, Format.DECIMAL_SI, null);
  }

  /** So many thousandths, as of a core. */
  public static Quantity ofMillis(long millis) {
    return new Quantity(millis, -3, Format.DECIMAL_SI, null);
  }

  /** So many bytes, written with binary suffixes. */
  public static Quantity ofBytes(long bytes) {
    return new Quantity(bytes, 0, Format.BINARY_SI, null);
  }

  /** How this is written. */
  public Format format() {
    return format;
  }

  /** In whole units, rounded away from zero; wrong where it does not fit 64 bits, as upstream. */
  public long value() {
    return scaledValue(0);
  }

  /** In thousandths, rounded away from zero; wrong where it does not fit 64 bits, as upstream. */
  public long milliValue() {
    return scaledValue(-3);
  }

  /** In units of ten to the power of {@code unit} (Quantity.ScaledValue). */
  private long scaledValue(int unit) {
    if (big != null) {
      return scaledBigValue(big, unit);
    }
    return exponent < unit
        ? divideAwayFromZero(significand, (long) unit - exponent)
        : scaleUpWrapping(significand, (long) exponent - unit);
  }

  /** resource.scaledValue, which rounds towards positive infinity and wraps around. */
  private static long scaledBigValue(BigDecimal big, int unit) {
    BigInteger unscaled = big.unscaledValue();
    long cut = (long) big.scale() + unit;
    if (cut == 0) {
      return unscaled.longValue();
    }
    if (cut < 0) {
      // A power of ten beyond 64 bits is the smallest number there.
      return unscaled.longValue()
          * (-cut <= MAX_DIGITS ? POWERS_OF_TEN[(int) -cut] : Long.MIN_VALUE);
    }
    // Not where the number is below the smallest of 64 bits: there upstream wraps around.
    if (unscaled.compareTo(MAX_LONG) < 0 && cut <= MAX_DIGITS) {
      long divisor = POWERS_OF_TEN[(int) cut];
      long amount = unscaled.longValue();
      return amount / divisor + (amount % divisor != 0 ? 1 : 0);
    }
    if (cut > big.precision()) {
      return unscaled.signum() > 0 ? 1 : 0;
    }
    BigInteger[] parts = unscaled.divideAndRemainder(BigInteger.TEN.pow((int) cut));
    // Truncated; upstream takes the floor and adds one where there is a remainder.
    return parts[0].longValue() + (parts[1].signum() > 0 ? 1 : 0);
  }

  private static long divideAwayFromZero(long amount, long digits) {
    if (digits > MAX_DIGITS) {
      return Long.signum(amount);
    }
    long divisor = POWERS_OF_TEN[(int) digits];
    long quotient = amount / divisor;
    return amount % divisor == 0 ? quotient : quotient + Long.signum(amount);
  }

  private static boolean canScaleUp(long amount, long digits) {
    if (amount == 0 || digits == 0) {
      return true;
    }
    if (digits > MAX_DIGITS || amount == Long.MIN_VALUE) {
      return false;
    }
    return Math.abs(amount) <= Long.MAX_VALUE / POWERS_OF_TEN[(int) digits];
  }

  private static long scaleUpWrapping(long amount, long digits) {
    if (amount == 0 || digits > MAX_DIGITS) {
      return 0;
    }
    if (!canScaleUp(amount, digits)) {
      // resource.positiveScaleInt64 multiplies at once by these, and digit by digit by others.
      boolean atOnce = digits <= 3 || digits == 6 || digits == 9;
      if (!atOnce || amount == Long.MIN_VALUE) {
        return 0;
      }
    }
    return amount * POWERS_OF_TEN[(int) digits];
  }

  /** -1, 0 or 1. */
  public int sign() {
    return big != null ? big.signum() : Long.signum(significand);
  }

  /** Whether this is nothing. */
  public boolean isZero() {
    return sign() == 0;
  }

  /** The sum, written as this is, or as the other is where this is zero. */
  public Quantity add(Quantity other) {
    Format resultFormat = isZero() ? other.format : format;
    if (big == null && other.big == null) {
      Quantity sum =
          addFast(significand, exponent, other.significand, other.exponent, resultFormat);
      if (sum != null) {
        return sum;
      }
    }
    return new Quantity(addBig(asBig(), other.asBig()), resultFormat);
  }

  /** The difference, written as this is, or as the other is where this is zero. */
  public Quantity subtract(Quantity other) {
    Format resultFormat = isZero() ? other.format : format;
    if (big == null && other.big == null) {
      Quantity difference =
          addFast(significand, exponent, -other.significand, other.exponent, resultFormat);
      if (difference != null) {
        return difference;
      }
    }
    return new Quantity(addBig(asBig(), other.asBig().negate()), resultFormat);
  }

  private static @Nullable Quantity addFast(
      long a, int exponentA, long b, int exponentB, Format format) {
    if (b == 0) {
      return new Quantity(a, exponentA, format, null);
    }
    if (a == 0) {
      return new Quantity(b, exponentB, format, null);
    }
    long difference = (long) exponentA - exponentB;
    if (difference > 0) {
      if (!canScaleUp(a, difference)) {
        return null;
      }
      a *= POWERS_OF_TEN[(int) difference];
    } else if (difference < 0) {
      if (!canScaleUp(b, -difference)) {
        return null;
      }
      b *= POWERS_OF_TEN[(int) -difference];
    }
    long sum = a + b;
    if (((a ^ sum) & (b ^ sum)) < 0) {
      return null;
    }
    return new Quantity(sum, Math.min(exponentA, exponentB), format, null);
  }

  private static BigDecimal addBig(BigDecimal a, BigDecimal b) {
    if (Math.abs((long) a.scale() - b.scale()) > MAX_EXPONENT_SPAN) {
      throw new ArithmeticException(
          "the exponents of two quantities are more than " + MAX_EXPONENT_SPAN + " apart");
    }
    return a.add(b);
  }

  private BigDecimal asBig() {
    return big != null ? big : new BigDecimal(BigInteger.valueOf(significand), -exponent);
  }

  @Override
  public int compareTo(Quantity other) {
    if (big == null && other.big == null && exponent == other.exponent) {
      return Long.compare(significand, other.significand);
    }
    return asBig().compareTo(other.asBig());
  }

  /** Whether the amounts are the same, however they are written. */
  @Override
  public boolean equals(Object other) {
    return this == other || (other instanceof Quantity quantity && compareTo(quantity) == 0);
  }

  @Override
  public int hashCode() {
    long digits = significand;
    int power = exponent;
    if (big != null) {
      BigDecimal stripped = big.stripTrailingZeros();
      if (stripped.unscaledValue().bitLength() > 63) {
        return stripped.hashCode();
      }
      digits = stripped.unscaledValue().longValue();
      power = -stripped.scale();
    }
    if (digits == 0) {
      return 0;
    }
    while (digits % 10 == 0) {
      digits /= 10;
      power++;
    }
    return 31 * Long.hashCode(digits) + power;
  }

  /**
   * The canonical form: without fraction, with the largest suffix that loses nothing. As upstream,
   * what was read is returned as it was where it looked canonical, and an exponent for which there
   * is no suffix is dropped (1000E is written as 1).
   */
  @Override
  public String toString() {
    String known = text;
    if (known == null) {
      known = canonical();
      text = known;
    }
    return known;
  }

  private String canonical() {
    if (isZero()) {
      return "0";
    }
    if (format != Format.BINARY_SI) {
      return decimal(format);
    }
    BigDecimal amount = asBig();
    if (amount.abs().compareTo(BigDecimal.valueOf(1024)) < 0) {
      return decimal(Format.DECIMAL_SI);
    }
    if (big == null && exponent == 0) {
      return binary(significand);
    }
    BigDecimal rounded = amount.scale() > 0 ? amount.setScale(0, RoundingMode.UP) : amount;
    if (rounded.compareTo(amount) != 0) {
      return decimal(Format.DECIMAL_SI);
    }
    return binary(rounded.toBigInteger());
  }

  private static String binary(long amount) {
    int power = 0;
    while (amount % 1024 == 0 && Math.abs(amount) >= 1024) {
      amount /= 1024;
      power++;
    }
    return amount + QuantitySyntax.binarySuffix(power);
  }

  private static String binary(BigInteger amount) {
    int power = amount.getLowestSetBit() / 10;
    return amount.divide(BIG_1024.pow(power)) + QuantitySyntax.binarySuffix(power);
  }

  private String decimal(Format decimalFormat) {
    if (big == null) {
      long digits = significand;
      int power = exponent;
      while (digits % 10 == 0) {
        digits /= 10;
        power++;
      }
      int excess = Math.floorMod(power, 3);
      if (canScaleUp(digits, excess)) {
        return digits * POWERS_OF_TEN[excess]
            + QuantitySyntax.decimalSuffix(power - excess, decimalFormat);
      }
    }
    BigDecimal stripped = asBig().stripTrailingZeros();
    int power = -stripped.scale();
    int excess = Math.floorMod(power, 3);
    return stripped.unscaledValue().multiply(BigInteger.TEN.pow(excess))
        + QuantitySyntax.decimalSuffix(power - excess, decimalFormat);
  }
}
