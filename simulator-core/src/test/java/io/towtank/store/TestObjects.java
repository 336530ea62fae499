package io.towtank.store;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.DeploymentStatusBuilder;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.Namespace;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatus;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.PodTemplateSpecBuilder;
import io.towtank.api.Timestamps;
import org.jspecify.annotations.Nullable;

/** Small objects for tests. */
final class TestObjects {
  static final Container CONTAINER = ContainerBuilder.builder().name("c").image("nginx").build();

  static final PodSpec POD_SPEC =
      PodSpecBuilder.builder()
          .containers(ImmutableList.of(CONTAINER))
          .terminationGracePeriodSeconds(30L)
          .build();

  static final PodStatus PENDING = status(PodPhase.PENDING);

  private TestObjects() {}

  static ObjectMeta meta(@Nullable String namespace, String name) {
    return ObjectMetaBuilder.builder()
        .namespace(namespace)
        .name(name)
        .creationTimestamp(Timestamps.NONE)
        .deletionTimestamp(Timestamps.NONE)
        .build();
  }

  static Pod pod(String name) {
    return pod("default", name, ImmutableMap.of());
  }

  static Pod pod(String namespace, String name, ImmutableMap<String, String> labels) {
    ObjectMeta meta = ObjectMetaBuilder.builder(meta(namespace, name)).labels(labels).build();
    return new Pod(meta, 0, POD_SPEC, null, PENDING, Fields.NONE);
  }

  static PodStatus status(PodPhase phase) {
    return PodStatusBuilder.builder().phase(phase).startTime(Timestamps.NONE).build();
  }

  static Pod generated(String generateName) {
    Pod pod = pod("");
    return pod.withMetadata(
        ObjectMetaBuilder.builder(pod.metadata()).generateName(generateName).build());
  }

  static Pod withFinalizers(Pod pod, String... finalizers) {
    return pod.withMetadata(
        ObjectMetaBuilder.builder(pod.metadata())
            .finalizers(ImmutableList.copyOf(finalizers))
            .build());
  }

  static Deployment deployment(String name, int replicas) {
    return new Deployment(
        meta("default", name),
        0,
        DeploymentSpecBuilder.builder()
            .replicas(replicas)
            .selector(
                LabelSelectorBuilder.builder().matchLabels(ImmutableMap.of("app", name)).build())
            .template(
                PodTemplateSpecBuilder.builder().metadata(meta(null, "")).spec(POD_SPEC).build())
            .build(),
        DeploymentStatusBuilder.builder().build(),
        Fields.NONE);
  }

  static Namespace namespace(String name) {
    return new Namespace(meta(null, name), 0, null, null, Fields.NONE);
  }

  static GenericObject configMap(String name) {
    Kind<GenericObject> kind =
        new Kind<>(
            GenericObject.class,
            "",
            "v1",
            "ConfigMap",
            "configmaps",
            true,
            false,
            ImmutableList.of("cm"));
    return new GenericObject(kind, meta("default", name), 0, Fields.NONE);
  }

  static Kind<Pod> pods() {
    return Kinds.POD;
  }
}
