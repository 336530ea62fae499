package io.towtank.client;

import io.towtank.api.KubeObject;
import io.towtank.store.ApiException;
import io.towtank.store.ListPage;
import org.jspecify.annotations.Nullable;

/** Takes the answer to a list. */
@FunctionalInterface
public interface ListReply<T extends KubeObject> {
  /** Exactly one of the two is there: the page, or why it was refused. */
  void answer(@Nullable ListPage<T> page, @Nullable ApiException error);
}
