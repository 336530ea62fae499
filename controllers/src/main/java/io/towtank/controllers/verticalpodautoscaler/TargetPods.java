package io.towtank.controllers.verticalpodautoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.CronJob;
import io.towtank.api.CrossVersionObjectReference;
import io.towtank.api.DaemonSet;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Job;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Selector;
import io.towtank.client.InformerSource;
import io.towtank.controllers.workload.ScaleTarget;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import org.jspecify.annotations.Nullable;

/**
 * The pods that an autoscaler is about: those of the workload that its targetRef names
 * (vertical-pod-autoscaler: pkg/target/fetcher.go, cluster_feeder.go).
 *
 * @param selector of the pods; nothing where there is a problem
 * @param problem what is wrong, as the condition ConfigUnsupported has it; null where nothing is
 */
record TargetPods(Selector selector, @Nullable String problem) {
  /** Finds objects. */
  interface Lookup {
    @Nullable KubeObject get(Kind<?> kind, ObjectKey key);

    /** The definitions of custom resources. */
    Iterable<GenericObject> definitions();

    /** Those of a store. */
    static Lookup in(ApiStore store) {
      return new Lookup() {
        @Override
        public @Nullable KubeObject get(Kind<?> kind, ObjectKey key) {
          return store.get(kind, key.namespace(), key.name());
        }

        @Override
        public Iterable<GenericObject> definitions() {
          return store.list(ScaleTarget.DEFINITION);
        }
      };
    }

    /** Those that informers know. */
    static Lookup in(InformerSource informers) {
      return new Lookup() {
        @Override
        public @Nullable KubeObject get(Kind<?> kind, ObjectKey key) {
          return informers.informer(kind).get(key);
        }

        @Override
        public Iterable<GenericObject> definitions() {
          return informers.informer(ScaleTarget.DEFINITION).list();
        }
      };
    }
  }

  /** Those of an autoscaler. */
  static TargetPods of(GenericObject autoscaler, Lookup lookup) {
    JsonNode spec = autoscaler.content().get("spec");
    JsonNode target = spec == null ? null : spec.get("targetRef");
    if (target == null || target.path("kind").asText().isEmpty()) {
      return unreadable("targetRef not defined. If this is a v1beta1 object, switch to v1.");
    }
    CrossVersionObjectReference reference =
        new CrossVersionObjectReference(
            target.path("apiVersion").asText("v1"),
            target.path("kind").asText(),
            target.path("name").asText(),
            Fields.NONE);
    Kind<?> kind = ScaleTarget.kind(reference);
    ObjectKey key = new ObjectKey(autoscaler.metadata().namespace(), reference.name());
    KubeObject workload = kind == null ? null : lookup.get(kind, key);
    if (workload == null) {
      return unreadable(reference.kind() + " " + key + " does not exist");
    }
    Selector selector;
    try {
      selector = selector(workload, lookup);
    } catch (ApiException e) {
      return unhandled(reference, String.valueOf(e.getMessage()));
    }
    if (selector == null) {
      return unhandled(reference, "the server could not find the requested resource");
    }
    for (OwnerReference owner : workload.metadata().ownerReferences()) {
      if (Boolean.TRUE.equals(owner.controller())) {
        return new TargetPods(
            Selector.nothing(),
            ("The target %s.%s/%s has a parent controller"
                    + " but it should point to a topmost well-known or scalable controller")
                .formatted(reference.apiVersion(), reference.kind(), reference.name()));
      }
    }
    return new TargetPods(selector, null);
  }

  private static TargetPods unhandled(CrossVersionObjectReference reference, String error) {
    return unreadable(
        "Unhandled targetRef %s / %s / %s, last error %s"
            .formatted(reference.apiVersion(), reference.kind(), reference.name(), error));
  }

  private static TargetPods unreadable(String why) {
    return new TargetPods(Selector.nothing(), "Cannot read targetRef. Reason: " + why);
  }

  /**
   * @throws ApiException where a custom resource does not say its replicas
   */
  private static @Nullable Selector selector(KubeObject workload, Lookup lookup) {
    return switch (workload) {
      case DaemonSet set -> Selector.of(set.spec().selector());
      case Job job -> Selector.of(job.spec().selector());
      case CronJob cronJob ->
          Selector.ofLabels(cronJob.spec().jobTemplate().spec().template().metadata().labels());
      default -> {
        ScaleTarget scale = ScaleTarget.of(workload, lookup::definitions);
        yield scale == null || scale.selector() == null ? null : Selector.of(scale.selector());
      }
    };
  }
}
