package io.towtank.validation;

import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.base.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Names, labels and owners (apimachinery: api/validation/objectmeta.go). */
final class MetadataRules {
  private static final int ANNOTATIONS_BYTES = 256 * 1024;

  private MetadataRules() {}

  /** Of an object. */
  static void object(Subject metadata, NameCheck names) {
    Subject name = metadata.at("name");
    Subject generateName = metadata.at("generateName");
    if (name.isEmpty() && generateName.isEmpty()) {
      name.required("name or generateName is required");
    }
    if (!name.isEmpty()) {
      name.require(names);
    }
    if (!generateName.isEmpty()) {
      String prefix = generateName.text();
      // A hyphen at the end is fine: something follows.
      String masked =
          prefix.endsWith("-") ? prefix.substring(0, prefix.length() - 1) + "a" : prefix;
      for (String problem : names.problems(masked)) {
        generateName.invalid(problem, names.suggestion(prefix));
      }
    }
    Subject namespace = metadata.at("namespace");
    if (!namespace.isEmpty()) {
      namespace.require(NameCheck.DNS_LABEL);
    }
    Subject revision = metadata.at("resourceVersion");
    if (!revision.isEmpty() && !revision.text().chars().allMatch(Character::isDigit)) {
      revision.invalid("must be a number, as the API gave it");
    }
    labelled(metadata);
    Subject finalizers = metadata.at("finalizers");
    for (Subject finalizer : finalizers.items()) {
      finalizer.require(NameCheck.QUALIFIED_NAME);
    }
    int controllers = 0;
    for (Subject owner : metadata.at("ownerReferences").items()) {
      for (String field : new String[] {"apiVersion", "kind", "name", "uid"}) {
        Subject part = owner.at(field);
        if (part.isPresent() && part.isEmpty()) {
          part.invalid("must not be empty");
        }
      }
      if (owner.at("controller").isTrue() && ++controllers == 2) {
        owner.invalid("Only one reference can have Controller set to true");
      }
    }
  }

  /** Labels and annotations, of an object or a template. */
  static void labelled(Subject metadata) {
    labels(metadata.at("labels"));
    Subject annotations = metadata.at("annotations");
    long bytes = 0;
    for (Map.Entry<String, Subject> annotation : annotations.entries().entrySet()) {
      for (String problem :
          NameCheck.QUALIFIED_NAME.problems(Ascii.toLowerCase(annotation.getKey()))) {
        annotations.invalidKey(annotation.getKey(), problem);
      }
      bytes +=
          annotation.getKey().length()
              + annotation.getValue().text().getBytes(StandardCharsets.UTF_8).length;
    }
    if (bytes > ANNOTATIONS_BYTES) {
      annotations.tooLong(ANNOTATIONS_BYTES);
    }
  }

  /** A map of labels. */
  static void labels(Subject labels) {
    for (Map.Entry<String, Subject> label : labels.entries().entrySet()) {
      labels.requireKey(label.getKey(), NameCheck.QUALIFIED_NAME);
      label.getValue().require(NameCheck.LABEL_VALUE);
    }
  }

  /** Whether a requirement of a selector has values where its operator is of sets. */
  static void valuesAsOperatorWants(Subject requirement) {
    Subject values = requirement.at("values");
    switch (requirement.at("operator").text()) {
      case "In", "NotIn" -> {
        if (values.isEmpty()) {
          values.required("must be specified when `operator` is 'In' or 'NotIn'");
        }
      }
      case "Exists", "DoesNotExist" -> {
        if (!values.isEmpty()) {
          values.forbidden("may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
      }
      default -> {}
    }
  }

  /** A label selector. */
  static void selector(Subject selector) {
    labels(selector.at("matchLabels"));
    for (Subject expression : selector.at("matchExpressions").items()) {
      Subject values = expression.at("values");
      valuesAsOperatorWants(expression);
      expression.at("key").require(NameCheck.QUALIFIED_NAME);
      for (Subject value : values.items()) {
        value.require(NameCheck.LABEL_VALUE);
      }
    }
  }

  /** Complains of items that have the same text in a field. */
  static void distinct(Iterable<Subject> items, String field, Set<String> seen) {
    for (Subject item : items) {
      Subject name = item.at(field);
      if (!name.isEmpty() && !seen.add(name.text())) {
        name.duplicate(new TextNode(name.text()));
      }
    }
  }

  /** Complains of items that have the same text in a field. */
  static void distinct(Iterable<Subject> items, String field) {
    distinct(items, field, new HashSet<>());
  }
}
