package io.towtank.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // text | canonical | value | milliValue
        "0|0|0|0",
        "1|1|1|1000",
        "100m|100m|1|100",
        "1500m|1500m|2|1500",
        "1.5|1500m|2|1500",
        ".5|500m|1|500",
        "1000|1k|1000|1000000",
        "2Gi|2Gi|2147483648|2147483648000",
        "1.5Gi|1536Mi|1610612736|1610612736000",
        "1536Mi|1536Mi|1610612736|1610612736000",
        "1024Ki|1Mi|1048576|1048576000",
        "1000Ki|1000Ki|1024000|1024000000",
        // Below 1024, and where it is no whole number, binary is written as decimal.
        "0.1Ki|102400m|103|102400",
        "0.3Mi|314572800m|314573|314572800",
        // Rounded away from zero: once to nano, then by value and milliValue.
        "0.1n|1n|1|1",
        "1.1n|2n|1|1",
        "-1.5|-1500m|-2|-1500",
        "1.5m|1500u|1|2",
        "-1.5m|-1500u|-1|-2",
        // The long form rounds towards positive infinity, and by one too much below zero.
        "-0.1n|-1n|1|1",
        "-495.466Ki|-507357184m|-507356|-507357184",
        // Text that looks canonical is kept, even where it is not.
        "+1|+1|1|1000",
        "+1Ki|+1Ki|1024|1024000",
        "01|01|1|1000",
        "1.|1.|1|1000",
        "1.500|1.500|2|1500",
        "1E3|1E3|1000|1000000",
        // ... but not with eight times something, thousands or an odd exponent.
        "+8Ki|8Ki|8192|8192000",
        "1.5e1|1.5e1|15|15000",
        "1.5e2|150|150|150000",
        "+1000m|1|1|1000",
        "1E2|100|100|100000",
        "10e2|1e3|1000|1000000",
        // What is no digit at all is nothing.
        "-|0|0|0",
        "+|0|0|0",
        "m|0|0|0",
        "Ki|0|0|0",
        ".|0|0|0",
        ".Ki|0|0|0",
        "-0|0|0|0",
        "0.000|0|0|0",
        // There is no suffix beyond exa, and no exponent of ten below nano.
        "1000E|1|0|0",
        "1e21|1e21|0|0",
        "5e-10|1e-9|1|1",
        // Binary is capped, decimal is not.
        "8Ei|9223372036854775807|9223372036854775807|-1000",
        "-9Ei|-9223372036854775807|-9223372036854775807|1000",
        "7Ei|7Ei|8070450532247928832|-9223372036854775808",
        "9223372036854775808|9223372036854775808|-9223372036854775808|0",
        "1000000000000000000000|1|3875820019684212736|2003764205206896640",
        "1021443892939668G|1021443892939668G|-7666653851001632768|0",
        // Exponents are cut to 32 bits.
        "1e4294967296|1e4294967296|1|1000",
      })
  void readsAndWrites(String text, String canonical, long value, long milliValue) {
    Quantity quantity = Quantity.parse(text);
    assertThat(quantity).hasToString(canonical);
    assertThat(quantity.value()).isEqualTo(value);
    assertThat(quantity.milliValue()).isEqualTo(milliValue);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // a | b | a + b | a - b
        "1|1|2|0",
        "100m|1|1100m|-900m",
        // The format is the first operand's, unless that is zero.
        "1Ki|1k|2024|24",
        "1k|1Ki|2024|-24",
        "0|1Ki|1Ki|-1Ki",
        "0Ki|1k|1k|-1k",
        "1Mi|0|1Mi|1Mi",
        "1e3|1Ki|2024|-24",
        // Binary gives way where it would lose something.
        "1Ki|5m|1024005m|1023995m",
        "1Gi|1Mi|1025Mi|1023Mi",
        // Beyond 64 bits.
        "4Ei|4Ei|8Ei|0",
        "9223372036854775807|1|9223372036854775808|9223372036854775806",
        "9E|9E|18E|0",
        "1e18|1n|1000000000000000000000000001e-9|999999999999999999999999999e-9",
        "1000E|1|1000000000000000000001|999999999999999999999",
        "1000E|1000E|2|0",
      })
  void addsAndSubtracts(String a, String b, String sum, String difference) {
    assertThat(Quantity.parse(a).add(Quantity.parse(b))).hasToString(sum);
    assertThat(Quantity.parse(a).subtract(Quantity.parse(b))).hasToString(difference);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1|1000m|0",
        "1|1.000|0",
        "1Ki|1024|0",
        "1Ki|1k|1",
        "-1|1|-1",
        "1n|0|1",
        "1e30|1000000000000000000000000000000|0",
        "1e30|1e31|-1",
        "0|0Ki|0",
        "0.0Ki|0|0",
        "1e2000000000|1e2000000001|-1",
        "1e2000000000|1n|1",
      })
  void compares(String textA, String textB, int expected) {
    Quantity a = Quantity.parse(textA);
    Quantity b = Quantity.parse(textB);
    assertThat(Integer.signum(a.compareTo(b))).isEqualTo(expected);
    assertThat(Integer.signum(b.compareTo(a))).isEqualTo(-expected);
    assertThat(a.equals(b)).isEqualTo(expected == 0);
    if (expected == 0) {
      assertThat(a).hasSameHashCodeAs(b);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|quantities must match",
        "' '|quantities must match",
        "1 Gi|did you mean \"1Gi\"?",
        "1gi|did you mean \"1Gi\"?",
        "1GB|did you mean \"1G\"?",
        "1_000|did you mean \"1000\"?",
        "1K|unable to parse quantity's suffix: \"K\" in \"1K\"",
        "1mi|did you mean \"1Mi\"?",
        "--1|unable to parse quantity's suffix",
        "1e|unable to parse quantity's suffix",
        "1ee3|unable to parse quantity's suffix",
        "1e99999999999999999999|unable to parse quantity's suffix",
        "1.2.3|quantities must match",
        "1e3Ki|quantities must match",
        "0x10|quantities must match",
        "NaN|quantities must match",
        "1,5|quantities must match",
        "\u0663|quantities must match",
        "e-10|unable to parse numeric part of quantity",
        ".e-10|unable to parse numeric part of quantity",
        "12345678901234567890e200000|the exponent of",
      })
  void refuses(String text, String message) {
    assertThatThrownBy(() -> Quantity.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"12345678901234567890e-2000000000", "1.5e-2000000000"})
  void roundsUpWhatIsHardlyAnything(String text) {
    assertThat(Quantity.parse(text)).isEqualTo(Quantity.parse("1n"));
  }

  @Test
  void makesQuantities() {
    assertThat(Quantity.of(1000)).hasToString("1k");
    assertThat(Quantity.ofMillis(2000)).hasToString("2");
    assertThat(Quantity.ofMillis(250)).hasToString("250m");
    assertThat(Quantity.ofBytes(1L << 31)).hasToString("2Gi");
    assertThat(Quantity.ofBytes(1000)).hasToString("1k");
    assertThat(Quantity.ofBytes(2000)).hasToString("2000");
    assertThat(Quantity.of(Long.MIN_VALUE)).hasToString("-9223372036854775808");
    assertThat(Quantity.ofBytes(Long.MIN_VALUE)).hasToString("-9223372036854775808");
    assertThat(Quantity.ZERO.isZero()).isTrue();
    assertThat(Quantity.of(-3).sign()).isEqualTo(-1);
  }

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 200);
  }

  /** A quantity that is neither rounded nor capped, and what it amounts to. */
  private record Sample(String text, BigDecimal amount) {
    private static final String[] SUFFIXES = {
      "n", "u", "m", "", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "e3", "E-2", "e+5"
    };

    static Sample draw(SplittableRandom random) {
      String sign = new String[] {"", "", "-", "+"}[random.nextInt(4)];
      StringBuilder number = new StringBuilder(sign);
      int digits = random.nextInt(1, random.nextInt(4) == 0 ? 25 : 7);
      for (int i = 0; i < digits; i++) {
        number.append(random.nextInt(3) == 0 ? 0 : random.nextInt(10));
      }
      String suffix = SUFFIXES[random.nextInt(SUFFIXES.length)];
      boolean binary = suffix.endsWith("i");
      int fraction = suffix.equals("n") || suffix.equals("u") ? 0 : random.nextInt(4);
      if (fraction > 0) {
        number.append('.');
        for (int i = 0; i < fraction; i++) {
          number.append(random.nextInt(10));
        }
      }
      BigDecimal amount = new BigDecimal(number.toString());
      if (binary) {
        amount =
            amount.multiply(
                new BigDecimal(
                    BigInteger.ONE.shiftLeft(10 * (1 + "KMGT".indexOf(suffix.charAt(0))))));
      } else if (suffix.startsWith("e") || (suffix.startsWith("E") && suffix.length() > 1)) {
        amount = amount.scaleByPowerOfTen(Integer.parseInt(suffix.substring(1)));
      } else {
        amount =
            amount.scaleByPowerOfTen(suffix.isEmpty() ? 0 : 3 * "num kMGTPE".indexOf(suffix) - 9);
      }
      boolean capped = binary && amount.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0;
      return capped ? draw(random) : new Sample(number + suffix, amount);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void countsAsADecimalNumber(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 50; i++) {
      Sample a = Sample.draw(random);
      Sample b = Sample.draw(random);
      String replay = a.text + " and " + b.text + ", replay with -Dtowtank.test.seed=" + seed;
      Quantity quantityA = Quantity.parse(a.text);
      Quantity quantityB = Quantity.parse(b.text);
      assertThat(quantityA.sign()).as(replay).isEqualTo(a.amount.signum());
      assertThat(Integer.signum(quantityA.compareTo(quantityB)))
          .as(replay)
          .isEqualTo(a.amount.compareTo(b.amount));
      Quantity sum = quantityA.add(quantityB);
      assertThat(sum.compareTo(quantityA)).as(replay).isEqualTo(b.amount.signum());
      assertThat(sum.subtract(quantityB)).as(replay).isEqualTo(quantityA);
      assertThat(sum).as(replay).isEqualTo(quantityB.add(quantityA));
      assertThat(sum.subtract(quantityB)).as(replay).hasSameHashCodeAs(quantityA);
      BigDecimal model = a.amount.add(b.amount);
      if (model.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0
          && sum.format() != Quantity.Format.BINARY_SI) {
        assertThat(new BigDecimal(amount(sum.toString()))).as(replay).isEqualByComparingTo(model);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void readsWhatItWrites(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 50; i++) {
      Sample sample = Sample.draw(random);
      if (sample.amount.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) >= 0) {
        // There may be no suffix for it.
        continue;
      }
      Quantity quantity = Quantity.parse(sample.text);
      Quantity again = Quantity.parse(quantity.toString());
      String replay = sample.text + ", replay with -Dtowtank.test.seed=" + seed;
      assertThat(again).as(replay).isEqualTo(quantity);
      Quantity sum = quantity.add(Quantity.ZERO);
      Quantity canonical = Quantity.parse(sum.toString());
      assertThat(canonical).as(replay).isEqualTo(quantity);
      if (canonical.format() == sum.format()) {
        assertThat(canonical).as(replay).hasToString(sum.toString());
      }
    }
  }

  /** A decimal form, as Java reads it. */
  private static String amount(String canonical) {
    int last = canonical.length() - 1;
    int suffix = "num kMGTPE".indexOf(canonical.charAt(last));
    return suffix < 0 ? canonical : canonical.substring(0, last) + "e" + (3 * suffix - 9);
  }
}
