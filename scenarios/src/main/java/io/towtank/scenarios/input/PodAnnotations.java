package io.towtank.scenarios.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.manifest.Position;
import io.towtank.manifest.Problem;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlDocument;
import io.towtank.metrics.AnnotatedUse;
import io.towtank.node.AnnotatedBehaviour;
import io.towtank.node.NodePool;
import io.towtank.validation.DidYouMean;
import io.towtank.validation.FieldPath;
import org.jspecify.annotations.Nullable;

/**
 * Checks the annotations with which pods and pod templates say what their containers do: at run
 * time wrong ones would be taken for absent, and nobody would know why nothing happens.
 */
public final class PodAnnotations {
  private static final String PREFIX = "towtank.io/";

  /** The annotations of pods that are read. */
  private static final ImmutableSet<String> NAMES =
      ImmutableSet.<String>builder().addAll(AnnotatedBehaviour.NAMES).add(AnnotatedUse.CPU).build();

  private final YamlDocument document;
  private final Problems problems;

  private PodAnnotations(YamlDocument document, Problems problems) {
    this.document = document;
    this.problems = problems;
  }

  /** Notes what is wrong with the annotations in a document, which may be a list of objects. */
  public static void check(YamlDocument document, Problems problems) {
    new PodAnnotations(document, problems).object(document.content(), FieldPath.ROOT);
  }

  private void object(JsonNode object, FieldPath path) {
    JsonNode items = object.path("items");
    for (int i = 0; i < items.size(); i++) {
      object(items.path(i), path.field("items").item(i));
    }
    if (object.path("kind").asText().equals("Pod")) {
      metadata(object, path);
    } else if (object.path("kind").asText().equals("Node")) {
      node(object, path.fields("metadata", "annotations"));
    }
    JsonNode spec = object.path("spec");
    metadata(spec.path("template"), path.fields("spec", "template"));
    metadata(
        spec.path("jobTemplate").path("spec").path("template"),
        path.fields("spec", "jobTemplate", "spec", "template"));
  }

  private void metadata(JsonNode pod, FieldPath path) {
    FieldPath place = path.fields("metadata", "annotations");
    pod.path("metadata")
        .path("annotations")
        .properties()
        .forEach(annotation -> {
          if (annotation.getKey().startsWith(PREFIX)) {
            annotation(place.key(annotation.getKey()), annotation.getValue());
          }
        });
  }

  private void node(JsonNode node, FieldPath place) {
    node.path("metadata")
        .path("annotations")
        .properties()
        .forEach(annotation -> {
          String name = annotation.getKey();
          String problem = NodePool.problem(name, annotation.getValue().asText());
          if (problem != null) {
            add(place.key(name), document.valuePosition(place.key(name)), problem, null);
          }
        });
  }

  private void annotation(FieldPath place, JsonNode value) {
    String name = place.name();
    boolean known = NAMES.contains(name);
    String problem = null;
    if (!known) {
      problem = "there is no annotation \"" + name + "\"";
    } else if (value.isTextual()) {
      problem = problem(name, value.textValue());
    }
    if (problem != null) {
      add(
          place,
          known ? document.valuePosition(place) : document.position(place),
          problem,
          known ? null : DidYouMean.advice(name, NAMES));
    }
  }

  private void add(
      FieldPath place, Position position, String problem, @Nullable String suggestion) {
    problems.add(
        new Problem(
            document.source(),
            position.line(),
            position.column(),
            place.toString(),
            problem,
            suggestion));
  }

  /** What is wrong with the value of an annotation of this name, null where nothing is. */
  public static @Nullable String problem(String name, String value) {
    return name.equals(AnnotatedUse.CPU)
        ? AnnotatedUse.problem(value)
        : AnnotatedBehaviour.problem(name, value);
  }
}
