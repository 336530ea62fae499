package io.towtank.manifest;

/**
 * A place in a text.
 *
 * @param line counted from 1
 * @param column counted from 1
 */
public record Position(int line, int column) {
  /** The beginning. */
  public static final Position START = new Position(1, 1);
}
