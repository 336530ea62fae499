package io.towtank.client;

import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import java.util.function.Consumer;

/** Where informers come from. */
public interface InformerSource {
  /** The informer of a kind, the same for all that share this source. It is started for them. */
  <T extends KubeObject> Informer<T> informer(Kind<T> kind);

  /**
   * Tells of every kind that the cluster knows, and of every other one as soon as there is an
   * object of it, each once. Later kinds are told of in the midst of a write: what the handler
   * wants to know of the objects it must ask later.
   */
  void forEachKind(Consumer<Kind<?>> handler);
}
