package io.towtank.scenarios.trace;

import com.google.common.collect.ImmutableList;
import io.towtank.validation.DidYouMean;

/** The formats of traces that can be read. */
public enum TraceFormat {
  /** {@link Openb}. */
  OPENB;

  private static final ImmutableList<String> NAMES = ImmutableList.of("openb");

  /**
   * The format of a name.
   *
   * @throws IllegalArgumentException where there is none
   */
  public static TraceFormat parse(String name) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "there is no trace format \"" + name + "\"; " + DidYouMean.advice(name, NAMES));
    }
    return OPENB;
  }
}
