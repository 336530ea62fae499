package io.towtank.client;

import io.towtank.api.KubeObject;
import io.towtank.store.ApiException;
import org.jspecify.annotations.Nullable;

/** Takes the answer to a request. */
@FunctionalInterface
public interface Reply<T extends KubeObject> {
  /** Exactly one of the two is there: the object as stored, or why it was refused. */
  void answer(@Nullable T object, @Nullable ApiException error);
}
