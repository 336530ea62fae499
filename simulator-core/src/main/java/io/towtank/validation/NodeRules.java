package io.towtank.validation;

import java.util.HashSet;
import java.util.Set;

/** Nodes (pkg/apis/core/validation: ValidateNode). */
final class NodeRules {
  private NodeRules() {}

  static void node(Subject document) {
    Set<String> seen = new HashSet<>();
    for (Subject taint : document.at("spec", "taints").items()) {
      taint.at("key").require(NameCheck.QUALIFIED_NAME);
      taint.at("value").require(NameCheck.LABEL_VALUE);
      String pair = taint.at("key").text() + ":" + taint.at("effect").text();
      if (!taint.at("key").isEmpty() && !seen.add(pair)) {
        taint.duplicate();
      }
    }
    Amounts.resources(document.at("status", "capacity"));
    Amounts.resources(document.at("status", "allocatable"));
  }
}
