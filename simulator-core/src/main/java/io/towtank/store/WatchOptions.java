package io.towtank.store;

/**
 * What a watch tells, and from when on.
 *
 * @param selection which objects; one that stops matching is told as deleted, one that begins to as
 *     added
 * @param fromRevision every change after that revision is told; {@link #NOW} for what is to come
 * @param delayNanos how much later than the write a change is told, in virtual nanoseconds
 * @param bookmarks whether {@link WatchListener#bookmark} is called every minute
 */
public record WatchOptions(
    Selection selection, long fromRevision, long delayNanos, boolean bookmarks) {
  /** From the current revision on. */
  public static final long NOW = -1;

  /** Every change of every object from now on. */
  public static WatchOptions all(long delayNanos) {
    return new WatchOptions(Selection.ALL, NOW, delayNanos, false);
  }

  /** The same from another revision on. */
  public WatchOptions from(long revision) {
    return new WatchOptions(selection, revision, delayNanos, bookmarks);
  }

  /** The same of a selection of objects. */
  public WatchOptions of(Selection selection) {
    return new WatchOptions(selection, fromRevision, delayNanos, bookmarks);
  }
}
