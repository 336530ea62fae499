package io.towtank.validation;

/**
 * Definitions of custom resources: where their objects say how many replicas they have
 * (apiextensions: ValidateCustomResourceDefinitionSubresources).
 */
final class CustomResourceRules {
  private static final String SPEC = ".spec.";
  private static final String STATUS = ".status.";

  private CustomResourceRules() {}

  static void definition(Subject spec) {
    for (Subject version : spec.at("versions").items()) {
      Subject scale = version.at("subresources", "scale");
      if (!scale.isPresent()) {
        continue;
      }
      Subject wanted = scale.at("specReplicasPath");
      wanted.requirePresent();
      if (!wanted.isEmpty() && !isUnder(SPEC, wanted)) {
        wanted.invalid("should be a json path under .spec");
      }
      Subject current = scale.at("statusReplicasPath");
      current.requirePresent();
      if (!current.isEmpty() && !isUnder(STATUS, current)) {
        current.invalid("should be a json path under .status");
      }
      Subject selector = scale.at("labelSelectorPath");
      if (!selector.isEmpty() && !isUnder(SPEC, selector) && !isUnder(STATUS, selector)) {
        selector.invalid("should be a json path under either .spec or .status");
      }
    }
  }

  private static boolean isUnder(String part, Subject path) {
    return path.text().startsWith(part) && path.text().length() > part.length();
  }
}
