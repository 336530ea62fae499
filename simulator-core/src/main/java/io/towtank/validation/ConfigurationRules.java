package io.towtank.validation;

import java.util.Map;

/** ConfigMaps and Secrets (pkg/apis/core/validation). */
final class ConfigurationRules {
  private ConfigurationRules() {}

  static void configuration(Subject document) {
    for (String field : new String[] {"data", "binaryData", "stringData"}) {
      for (Map.Entry<String, Subject> entry : document.at(field).entries().entrySet()) {
        document.at(field).requireKey(entry.getKey(), NameCheck.CONFIG_KEY);
        if (field.equals("binaryData") && document.at("data").node().has(entry.getKey())) {
          entry.getValue().invalid("duplicate of key present in data");
        }
      }
    }
  }
}
