package io.towtank.component;

import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.util.function.Consumer;

/**
 * All that a component gets: it knows the rest of the cluster only through this.
 *
 * @param informers its informers; controllers share theirs, as in kube-controller-manager
 */
public record ComponentContext(
    Simulation simulation,
    ApiClient client,
    InformerSource informers,
    RandomStream random,
    Recorder recorder,
    LatencyProfile latency) {
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
}
