package io.towtank.store;

import org.jspecify.annotations.Nullable;

/**
 * Which objects are listed, and how many at once.
 *
 * @param selection which objects
 * @param limit at most so many; 0 for all
 * @param continueToken where the page before this one ended; null for the first
 * @param atRevision as they were at that revision; {@link #NEWEST} for as they are
 */
public record ListOptions(
    Selection selection, int limit, @Nullable String continueToken, long atRevision) {
  /** The newest revision. */
  public static final long NEWEST = -1;

  /** All objects. */
  public static final ListOptions ALL = of(Selection.ALL);

  /** All of a selection. */
  public static ListOptions of(Selection selection) {
    return new ListOptions(selection, 0, null, NEWEST);
  }

  /** The same with a limit. */
  public ListOptions limit(int limit) {
    return new ListOptions(selection, limit, continueToken, atRevision);
  }

  /** The page after one that ended with that token. */
  public ListOptions continuing(@Nullable String token) {
    return new ListOptions(selection, limit, token, atRevision);
  }

  /** The same at a revision. */
  public ListOptions at(long revision) {
    return new ListOptions(selection, limit, continueToken, revision);
  }
}
