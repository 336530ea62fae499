package io.towtank.store;

import com.google.common.collect.ImmutableList;

/**
 * How a store behaves.
 *
 * @param admissions what changes or refuses writes, in order
 * @param history how far back watches and paged lists may reach
 * @param finalizeNamespaces whether new namespaces have the finalizer {@code kubernetes}, so that a
 *     namespace controller empties them before they go
 * @param eventLifeNanos how long an Event object stays after its last write, in virtual nanoseconds
 */
public record StoreOptions(
    ImmutableList<Admission> admissions,
    HistoryWindow history,
    boolean finalizeNamespaces,
    long eventLifeNanos) {
  /** Without admission: everything is stored as it comes. */
  public static final StoreOptions PLAIN =
      new StoreOptions(ImmutableList.of(), HistoryWindow.DEFAULT, false, 3_600_000_000_000L);

  /** The same with other admissions. */
  public StoreOptions withAdmissions(ImmutableList<Admission> admissions) {
    return new StoreOptions(admissions, history, finalizeNamespaces, eventLifeNanos);
  }

  /** The same where a namespace controller empties namespaces before they go. */
  public StoreOptions withFinalizedNamespaces() {
    return new StoreOptions(admissions, history, true, eventLifeNanos);
  }

  /** The same with another history. */
  public StoreOptions withHistory(HistoryWindow history) {
    return new StoreOptions(admissions, history, finalizeNamespaces, eventLifeNanos);
  }
}
