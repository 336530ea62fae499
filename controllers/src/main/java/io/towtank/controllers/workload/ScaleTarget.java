package io.towtank.controllers.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.CrossVersionObjectReference;
import io.towtank.api.Deployment;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.LabelSelector;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Scalable;
import io.towtank.api.StatefulSet;
import io.towtank.schema.Schema;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the scale subresource says of a workload.
 *
 * @param object the workload
 * @param specReplicas the replicas that it is to have
 * @param statusReplicas the replicas that it has
 * @param selector of its pods, null where it has none
 */
public record ScaleTarget(
    KubeObject object, int specReplicas, int statusReplicas, @Nullable LabelSelector selector) {
  /** The kind that an autoscaler names, null where there is none of that name and group. */
  public static @Nullable Kind<?> kind(CrossVersionObjectReference reference) {
    String apiVersion = reference.apiVersion() == null ? "v1" : reference.apiVersion();
    Kind<?> kind = Kinds.of(apiVersion, reference.kind());
    // A group that is nobody's own and lacks the kind has had it, as extensions had Deployments.
    return kind.type() == GenericObject.class
            && kind.group().indexOf('.') < 0
            && Schema.builtIn().preferred(kind.group(), kind.name()) == null
        ? null
        : kind;
  }

  /** What a workload's scale says, null where it has none. */
  public static @Nullable ScaleTarget of(KubeObject object) {
    return switch (object) {
      case Deployment deployment ->
          new ScaleTarget(
              object,
              orOne(deployment.spec().replicas()),
              deployment.status().replicas(),
              deployment.spec().selector());
      case ReplicaSet set ->
          new ScaleTarget(
              object, orOne(set.spec().replicas()), set.status().replicas(), set.spec().selector());
      case StatefulSet set ->
          new ScaleTarget(
              object, orOne(set.spec().replicas()), set.status().replicas(), set.spec().selector());
      case GenericObject generic -> of(generic);
      default -> null;
    };
  }

  private static int orOne(@Nullable Integer replicas) {
    return replicas == null ? 1 : replicas;
  }

  /**
   * Replication controllers, and custom resources that say their replicas where all the others do.
   */
  private static @Nullable ScaleTarget of(GenericObject object) {
    JsonNode spec = object.content().get("spec");
    if (spec == null || !spec.path("replicas").isInt()) {
      return null;
    }
    JsonNode status = object.content().get("status");
    JsonNode selector = spec.path("selector");
    Map<String, String> labels = new TreeMap<>();
    (selector.has("matchLabels") ? selector.path("matchLabels") : selector)
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return new ScaleTarget(
        object,
        spec.path("replicas").asInt(),
        status == null ? 0 : status.path("replicas").asInt(),
        labels.isEmpty()
            ? null
            : LabelSelectorBuilder.builder().matchLabels(ImmutableMap.copyOf(labels)).build());
  }

  /** The workload with other replicas. */
  public KubeObject scaledTo(int replicas) {
    return switch (object) {
      case Scalable scalable -> scalable.withReplicas(replicas);
      case GenericObject generic -> {
        // Whoever has replicas has a spec.
        JsonNode before = Objects.requireNonNull(generic.content().byName().get("spec"));
        ObjectNode spec = before.deepCopy();
        spec.put("replicas", replicas);
        yield generic.with("spec", spec);
      }
      default -> throw new IllegalStateException(object.kind() + " has no scale");
    };
  }
}
