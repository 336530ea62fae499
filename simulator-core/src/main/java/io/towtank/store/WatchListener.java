package io.towtank.store;

import io.towtank.api.KubeObject;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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

  /** A change of any sort. */
  @FunctionalInterface
  interface ForEach<T> {
    /**
     * It happened.
     *
     * @param previous null where the object was created
     * @param current null where it was deleted
     */
    void happened(@Nullable T previous, @Nullable T current);
  }

  /** One that tells of each change what was and what is. */
  static <T extends KubeObject> WatchListener<T> ofEach(ForEach<? super T> change) {
    return new WatchListener<>() {
      @Override
      public void added(T object) {
        change.happened(null, object);
      }

      @Override
      public void modified(T previous, T object) {
        change.happened(previous, object);
      }

      @Override
      public void deleted(T last) {
        change.happened(last, null);
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
