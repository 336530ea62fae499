package io.towtank.controllers.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.CrossVersionObjectReference;
import io.towtank.api.Deployment;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.LabelRequirement;
import io.towtank.api.LabelSelector;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.LabelSelectorRequirement;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Scalable;
import io.towtank.api.Selector;
import io.towtank.api.StatefulSet;
import io.towtank.schema.Schema;
import io.towtank.store.ApiException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the scale subresource says of a workload.
 *
 * @param object the workload
 * @param specReplicas the replicas that it is to have
 * @param statusReplicas the replicas that it has
 * @param selector of its pods, null where it has none
 * @param paths where a custom resource has all that
 */
public record ScaleTarget(
    KubeObject object,
    int specReplicas,
    int statusReplicas,
    @Nullable LabelSelector selector,
    ScalePaths paths) {
  /** The kind of the objects that say where custom resources have their replicas. */
  public static final Kind<GenericObject> DEFINITION = ScalePaths.DEFINITION;

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

  /**
   * What a workload's scale says, null where it has none.
   *
   * @param definitions of custom resources, which say where these have their replicas; those that
   *     nobody has defined are taken to have them where all the others do
   * @throws ApiException where a custom resource does not say its replicas
   */
  public static @Nullable ScaleTarget of(
      KubeObject object, Supplier<? extends Iterable<GenericObject>> definitions) {
    return switch (object) {
      case Deployment deployment ->
          new ScaleTarget(
              object,
              orOne(deployment.spec().replicas()),
              deployment.status().replicas(),
              deployment.spec().selector(),
              ScalePaths.USUAL);
      case ReplicaSet set ->
          new ScaleTarget(
              object,
              orOne(set.spec().replicas()),
              set.status().replicas(),
              set.spec().selector(),
              ScalePaths.USUAL);
      case StatefulSet set ->
          new ScaleTarget(
              object,
              orOne(set.spec().replicas()),
              set.status().replicas(),
              set.spec().selector(),
              ScalePaths.USUAL);
      case GenericObject generic -> of(generic, definitions.get());
      default -> null;
    };
  }

  private static int orOne(@Nullable Integer replicas) {
    return replicas == null ? 1 : replicas;
  }

  private static @Nullable ScaleTarget of(
      GenericObject object, Iterable<GenericObject> definitions) {
    for (GenericObject definition : definitions) {
      if (ScalePaths.defines(definition, object.kind())) {
        JsonNode scale = ScalePaths.scale(definition, object.kind().version());
        return scale.isObject() ? of(object, ScalePaths.of(scale)) : null;
      }
    }
    return usual(object);
  }

  /** apiextensions-apiserver: registry/customresource, scaleFromCustomResource. */
  private static ScaleTarget of(GenericObject object, ScalePaths paths) {
    JsonNode replicas = ScalePaths.at(object, paths.specReplicas());
    if (!replicas.isInt()) {
      throw new ApiException(
          ApiException.Reason.INTERNAL_ERROR,
          "Internal error occurred: the spec replicas field \".%s\" does not exist"
              .formatted(String.join(".", paths.specReplicas())));
    }
    JsonNode selector = ScalePaths.at(object, paths.selector());
    return new ScaleTarget(
        object,
        replicas.asInt(),
        ScalePaths.at(object, paths.statusReplicas()).asInt(),
        selector.isTextual() ? selector(selector.asText()) : null,
        paths);
  }

  /**
   * Replication controllers, and custom resources that say their replicas where all the others do.
   */
  private static @Nullable ScaleTarget usual(GenericObject object) {
    JsonNode spec = object.content().get("spec");
    if (spec == null || !spec.path("replicas").isInt()) {
      return null;
    }
    JsonNode status = object.content().get("status");
    return new ScaleTarget(
        object,
        spec.path("replicas").asInt(),
        status == null ? 0 : status.path("replicas").asInt(),
        selector(spec.path("selector"), status),
        ScalePaths.USUAL);
  }

  /** What its status tells as a text, else what its spec says; null where that is nothing. */
  private static @Nullable LabelSelector selector(JsonNode spec, @Nullable JsonNode status) {
    JsonNode told = status == null ? MissingNode.getInstance() : status.path("selector");
    if (told.isTextual()) {
      return selector(told.asText());
    }
    Map<String, String> labels = new TreeMap<>();
    boolean parted = spec.has("matchLabels") || spec.has("matchExpressions");
    (parted ? spec.path("matchLabels") : spec)
        .properties()
        .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    ImmutableList.Builder<LabelSelectorRequirement> expressions = ImmutableList.builder();
    for (JsonNode expression : spec.path("matchExpressions")) {
      ImmutableList.Builder<String> values = ImmutableList.builder();
      expression.path("values").forEach(value -> values.add(value.asText()));
      expressions.add(
          new LabelSelectorRequirement(
              expression.path("key").asText(),
              expression.path("operator").asText(),
              values.build(),
              Fields.NONE));
    }
    LabelSelector selector =
        LabelSelectorBuilder.builder()
            .matchLabels(ImmutableMap.copyOf(labels))
            .matchExpressions(expressions.build())
            .build();
    return selector.matchLabels().isEmpty() && selector.matchExpressions().isEmpty()
        ? null
        : selector;
  }

  /** A selector as the scale subresource writes it; null where it is none. */
  private static @Nullable LabelSelector selector(String text) {
    ImmutableList.Builder<LabelSelectorRequirement> expressions = ImmutableList.builder();
    try {
      for (LabelRequirement requirement : Selector.parse(text).requirements()) {
        String operator =
            switch (requirement.operator()) {
              case IN, EQUALS, DOUBLE_EQUALS -> "In";
              case NOT_IN, NOT_EQUALS -> "NotIn";
              case EXISTS -> "Exists";
              case DOES_NOT_EXIST -> "DoesNotExist";
              case GREATER_THAN, LESS_THAN -> "";
            };
        if (operator.isEmpty()) {
          return null;
        }
        expressions.add(
            new LabelSelectorRequirement(
                requirement.key(), operator, requirement.values(), Fields.NONE));
      }
    } catch (IllegalArgumentException e) {
      return null;
    }
    ImmutableList<LabelSelectorRequirement> all = expressions.build();
    return all.isEmpty() ? null : LabelSelectorBuilder.builder().matchExpressions(all).build();
  }

  /** The workload with other replicas. */
  public KubeObject scaledTo(int replicas) {
    return switch (object) {
      case Scalable scalable -> scalable.withReplicas(replicas);
      case GenericObject generic -> paths.scaled(generic, replicas);
      default -> throw new IllegalStateException(object.kind() + " has no scale");
    };
  }
}
