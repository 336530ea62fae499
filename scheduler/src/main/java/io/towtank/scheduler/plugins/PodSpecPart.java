package io.towtank.scheduler.plugins;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.validation.FieldError;
import io.towtank.validation.FieldPath;
import io.towtank.validation.Validation;

/** Parts of plugins' arguments that are parts of a pod's spec, too: they are checked as such. */
final class PodSpecPart {
  private PodSpecPart() {}

  /**
   * Checks a part.
   *
   * @param path where it is in the configuration
   * @param fields the way to it in a pod's spec
   * @throws ConfigurationException where it would be wrong in a pod
   */
  static void check(FieldPath path, JsonNode part, String... fields) {
    ObjectNode pod = JsonNodeFactory.instance.objectNode();
    pod.put("apiVersion", "v1").put("kind", "Pod").putObject("metadata").put("name", "pod");
    ObjectNode spec = pod.putObject("spec");
    spec.putArray("containers").addObject().put("name", "c").put("image", "i");
    ObjectNode around = spec;
    for (int i = 0; i < fields.length - 1; i++) {
      around = around.putObject(fields[i]);
    }
    around.set(fields[fields.length - 1], part);
    for (FieldError error : Validation.validate(pod)) {
      throw new ConfigurationException(
          from(path, error.place(), fields.length + 1),
          error.message(),
          error.suggestion(),
          error.concernsValue());
    }
  }

  /** A place in the pod as one in the configuration. */
  private static FieldPath from(FieldPath path, FieldPath place, int steps) {
    FieldPath moved = path;
    for (FieldPath step :
        ImmutableList.copyOf(place.steps()).subList(steps, place.steps().size())) {
      moved = new FieldPath(moved, step.step(), step.name(), step.index());
    }
    return moved;
  }
}
