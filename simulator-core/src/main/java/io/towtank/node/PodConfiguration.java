package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.GenericObject;
import io.towtank.api.Pod;
import io.towtank.client.Informer;
import io.towtank.client.InformerSource;
import io.towtank.environment.Configuration;
import io.towtank.environment.Reference;
import io.towtank.store.WatchListener;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says what pods miss of the ConfigMaps and Secrets that they name, which are watched from the
 * first pod on that names any.
 *
 * <p>A kubelet that misses one looks again from time to time, for ever, which keeps no run from
 * being idle; when one appears or changes, the next look of those who wait is one that counts.
 */
final class PodConfiguration {
  private final Configuration configuration;
  private final Set<PodWorker> waiting = new LinkedHashSet<>();

  PodConfiguration(InformerSource informers) {
    Informer<GenericObject> maps = informers.informer(Configuration.CONFIG_MAP);
    Informer<GenericObject> secrets = informers.informer(Configuration.SECRET);
    this.configuration =
        new Configuration((kind, namespace, name) ->
            (kind.equals(Configuration.SECRET) ? secrets : maps).get(namespace, name));
    WatchListener<GenericObject> changes =
        new WatchListener<GenericObject>() {
          @Override
          public void added(GenericObject object) {
            lookAgain();
          }

          @Override
          public void modified(GenericObject previous, GenericObject object) {
            lookAgain();
          }

          @Override
          public void deleted(GenericObject last) {}
        };
    maps.addHandler(changes);
    secrets.addHandler(changes);
  }

  private void lookAgain() {
    if (!waiting.isEmpty()) {
      List<PodWorker> all = new ArrayList<>(waiting);
      waiting.clear();
      all.forEach(PodWorker::configurationChanged);
    }
  }

  /** Has a worker told when something appears or changes, once. */
  void await(PodWorker worker) {
    waiting.add(worker);
  }

  /** A worker waits no more. */
  void forget(PodWorker worker) {
    waiting.remove(worker);
  }

  /** Why a container of a pod cannot be created; null where it can. */
  @Nullable String problemOfContainer(Pod pod, PodPlan plan, int container) {
    for (Reference reference : plan.references.get(container)) {
      String problem = configuration.problemOfVariable(reference, namespace(pod));
      if (problem != null) {
        return problem;
      }
    }
    return plan.mistakes[container];
  }

  /** A volume that cannot be mounted, and why. */
  record Unmounted(String volume, String problem) {}

  /** The volumes of a pod that cannot be mounted. */
  ImmutableList<Unmounted> unmounted(Pod pod, PodPlan plan) {
    ImmutableList.Builder<Unmounted> unmounted = ImmutableList.builder();
    for (Map.Entry<String, ImmutableList<Reference>> volume : plan.volumeReferences.entrySet()) {
      for (Reference reference : volume.getValue()) {
        String problem = configuration.problemOfFile(reference, namespace(pod));
        if (problem != null) {
          unmounted.add(new Unmounted(volume.getKey(), problem));
          break;
        }
      }
    }
    return unmounted.build();
  }

  private static String namespace(Pod pod) {
    return Objects.requireNonNullElse(pod.metadata().namespace(), "default");
  }
}
