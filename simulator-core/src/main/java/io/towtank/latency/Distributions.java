package io.towtank.latency;

import com.google.common.base.Splitter;
import io.towtank.api.Durations;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How people write a {@link Distribution}: a duration for a constant, or {@code uniform(1s, 5s)},
 * {@code exponential(30s)} (mean), {@code normal(1s, 200ms)} (mean, deviation), {@code
 * lognormal(5ms, 0.4)} (median, deviation of the logarithm).
 */
public final class Distributions {
  /** How to write one, for messages. */
  public static final String HOW =
      "write a duration (2s), uniform(1s, 5s), exponential(30s), normal(1s, 200ms)"
          + " or lognormal(5ms, 0.4)";

  private static final Pattern CALL = Pattern.compile("([a-z]+)\\s*\\((.*)\\)");

  private Distributions() {}

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException where the text is none
   */
  public static Distribution parse(String text) {
    Matcher call = CALL.matcher(text.strip());
    if (!call.matches()) {
      try {
        return new Distribution.Constant(Durations.parse(text.strip()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("\"" + text + "\" is no distribution: " + HOW, e);
      }
    }
    List<String> arguments = Splitter.on(',').trimResults().splitToList(call.group(2));
    String name = call.group(1);
    return switch (name) {
      case "uniform" -> {
        require(text, arguments, 2);
        long low = Durations.parse(arguments.get(0));
        long high = Durations.parse(arguments.get(1));
        if (high < low) {
          throw new IllegalArgumentException(
              "\"" + text + "\": the second bound is less than the first");
        }
        yield new Distribution.Uniform(low, high);
      }
      case "exponential" -> {
        require(text, arguments, 1);
        yield new Distribution.Exponential(Durations.parse(arguments.get(0)));
      }
      case "normal" -> {
        require(text, arguments, 2);
        yield new Distribution.Normal(
            Durations.parse(arguments.get(0)), Durations.parse(arguments.get(1)));
      }
      case "lognormal" -> {
        require(text, arguments, 2);
        yield new Distribution.LogNormal(
            Durations.parse(arguments.get(0)), sigma(text, arguments.get(1)));
      }
      default ->
          throw new IllegalArgumentException("there is no distribution \"" + name + "\": " + HOW);
    };
  }

  private static void require(String text, List<String> arguments, int count) {
    if (arguments.size() != count) {
      throw new IllegalArgumentException(
          "\"" + text + "\" has " + arguments.size() + " arguments, not " + count + ": " + HOW);
    }
  }

  private static double sigma(String text, String argument) {
    try {
      double sigma = Double.parseDouble(argument);
      if (sigma >= 0 && sigma <= 10) {
        return sigma;
      }
    } catch (NumberFormatException e) {
      // Told below, together with what is out of range.
    }
    throw new IllegalArgumentException(
        "\""
            + text
            + "\": the second argument is a number from 0 to 10 (the logarithm's deviation)");
  }
}
