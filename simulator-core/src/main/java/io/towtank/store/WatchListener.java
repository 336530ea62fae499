package io.towtank.store;

import io.towtank.api.KubeObject;
import java.util.function.Consumer;

/** Is told of every change of a kind, in order, exactly once. */
public interface WatchListener<T extends KubeObject> {
  /**
   * One to which all changes are alike: it gets the object as it is after each, or as it last was.
   */
  static <T extends KubeObject> WatchListener<T> ofAny(Consumer<? super T> changed) {
    return new WatchListener<>() {
      @Override
      public void added(T object) {
        changed.accept(object);
      }

      @Override
      public void modified(T previous, T object) {
        changed.accept(object);
      }

      @Override
      public void deleted(T last) {
        changed.accept(last);
      }
    };
  }

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
