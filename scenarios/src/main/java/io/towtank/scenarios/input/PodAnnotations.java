package io.towtank.scenarios.input;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.towtank.manifest.Position;
import io.towtank.manifest.Problem;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlDocument;
import io.towtank.metrics.AnnotatedUse;
import io.towtank.node.AnnotatedBehaviour;
import io.towtank.validation.FieldPath;
import org.jspecify.annotations.Nullable;

/**
 * Checks the annotations with which pods and pod templates say what their containers do: at run
 * time wrong ones would be taken for absent, and nobody would know why nothing happens.
 */
public final class PodAnnotations {
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
          String message =
              annotation.getValue().isTextual()
                  ? problem(annotation.getKey(), annotation.getValue().textValue())
                  : null;
          if (message != null) {
            Position position = document.valuePosition(place.key(annotation.getKey()));
            problems.add(
                new Problem(
                    document.source(),
                    position.line(),
                    position.column(),
                    place.toString(),
                    message,
                    null));
          }
        });
  }

  private static @Nullable String problem(String annotation, String value) {
    ImmutableMap<String, String> alone = ImmutableMap.of(annotation, value);
    String problem = AnnotatedBehaviour.problem(alone);
    return problem == null ? AnnotatedUse.problem(alone) : problem;
  }
}
