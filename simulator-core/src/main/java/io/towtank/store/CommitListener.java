package io.towtank.store;

import io.towtank.api.KubeObject;
import org.jspecify.annotations.Nullable;

/** Sees every committed write as it happens. */
@FunctionalInterface
public interface CommitListener {
  /**
   * A write was committed.
   *
   * @param previous null where the object was created
   * @param current null where it was deleted
   * @param revision the write's revision
   */
  void committed(@Nullable KubeObject previous, @Nullable KubeObject current, long revision);
}
