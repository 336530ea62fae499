package io.towtank.cli;

import java.util.function.Function;
import picocli.CommandLine.TypeConversionException;

/** Reads options whose values have a parser of their own. */
final class OptionText {
  private OptionText() {}

  /**
   * What a parser makes of an option's text.
   *
   * @throws TypeConversionException with what the parser says is wrong
   */
  static <T> T parse(String text, Function<String, T> parser) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
