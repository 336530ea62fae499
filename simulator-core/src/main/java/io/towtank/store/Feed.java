package io.towtank.store;

import java.util.List;

/**
 * The changes of a kind that a watch looks at, in order: all of them, or those that concern one
 * value of a field. Positions count up from 0 and never change their meaning.
 */
interface Feed {
  /** The first position that is there. */
  long start();

  /** The position after the last. */
  long end();

  /** The number of the change at a position from {@link #start} to below {@link #end}. */
  long change(long position);

  /** The first position whose change has that number or a greater one. */
  long from(long change);

  /** Who looks at it, by the delay after which they are told. */
  List<Round> rounds();
}
