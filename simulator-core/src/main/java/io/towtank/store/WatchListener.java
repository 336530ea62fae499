package io.towtank.store;

import io.towtank.api.KubeObject;

/** Is told of every change of a kind, in order, exactly once. */
public interface WatchListener<T extends KubeObject> {
  /** An object was created, or began to match. */
  void added(T object);

  /** An object was changed. */
  void modified(T previous, T object);

  /** An object was deleted, or matches no more; {@code last} bears the revision of the deletion. */
  void deleted(T last);

  /** All changes up to a revision have been told. */
  default void bookmark(long revision) {}

  /** The watch fell behind what history keeps (410 Gone): it is over, list anew. */
  default void expired() {}
}
