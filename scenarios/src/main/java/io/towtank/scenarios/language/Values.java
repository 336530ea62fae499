package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Durations;
import io.towtank.manifest.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads values of scenarios from places in documents; what is wrong becomes a problem there. */
final class Values {
  private static final long SECOND = 1_000_000_000L;

  private Values() {}

  /**
   * What a parser makes of the text or number here. What the parser throws as an
   * IllegalArgumentException is told as the problem.
   */
  static <T> T parsed(Cursor cursor, Function<String, T> parser, T fallback) {
    T value = parsed(cursor, parser);
    return value == null ? fallback : value;
  }

  /** As {@link #parsed(Cursor, Function, Object)}; null where nothing is here. */
  static <T> @Nullable T parsed(Cursor cursor, Function<String, T> parser) {
    String text = cursor.node().isNumber() ? cursor.node().asText() : cursor.text();
    if (text == null) {
      return null;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      cursor.problem(String.valueOf(e.getMessage()), null);
      return null;
    }
  }

  /** The whole number here, which is from {@code least} to {@code most}. */
  static long whole(Cursor cursor, long least, long most, long fallback) {
    long number = cursor.whole(fallback);
    if (cursor.isPresent()
        && cursor.node().isIntegralNumber()
        && (number < least || number > most)) {
      cursor.problem(
          number
              + (most == Long.MAX_VALUE
                  ? " is less than " + least
                  : " is not from " + least + " to " + most),
          null);
      return fallback;
    }
    return number;
  }

  /** The duration here, in nanoseconds. */
  static long duration(Cursor cursor, long fallback) {
    return parsed(cursor, Durations::parse, fallback);
  }

  /** As {@link #duration}, of a second at least: how often something is done. */
  static long period(Cursor cursor, long fallback) {
    long nanos = duration(cursor, fallback);
    if (nanos < SECOND) {
      cursor.problem("is less than a second", null);
      return fallback;
    }
    return nanos;
  }

  /** The texts of the list here. */
  static ImmutableList<String> texts(Cursor cursor) {
    ImmutableList.Builder<String> texts = ImmutableList.builder();
    for (Cursor item : cursor.items()) {
      String text = item.text();
      if (text != null) {
        texts.add(text);
      }
    }
    return texts.build();
  }

  /** The texts of the object here, by the names of its fields. */
  static ImmutableMap<String, String> textsByName(Cursor cursor) {
    ImmutableMap.Builder<String, String> texts = ImmutableMap.builder();
    for (Map.Entry<String, Cursor> entry : cursor.entries().entrySet()) {
      texts.put(entry.getKey(), entry.getValue().text(""));
    }
    return texts.buildOrThrow();
  }

  /**
   * The one of several fields that is there; null, with a problem told, where none is or more than
   * one. A field that is not known at all is told by whoever rejects such.
   */
  static @Nullable String oneOf(Cursor cursor, String... fields) {
    List<String> wanted = List.of(fields);
    wanted.forEach(cursor::field);
    // In the document's order: the second one is where the eye stops.
    List<String> found = new ArrayList<>();
    cursor.node().fieldNames().forEachRemaining(found::add);
    found.retainAll(wanted);
    if (found.isEmpty()) {
      cursor.problem("one of these is missing: " + String.join(", ", fields), null);
      return null;
    }
    if (found.size() > 1) {
      cursor
          .field(found.get(1))
          .problem("only one of these may be there: " + String.join(", ", found), null);
      return null;
    }
    return found.get(0);
  }
}
