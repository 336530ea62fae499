package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.schema.ApiResource;
import io.towtank.schema.Schema;

/** Objects as documents. */
final class Documents {
  private Documents() {}

  /**
   * The kind that a document says it is of.
   *
   * @throws IllegalArgumentException where there is none
   */
  static Kind<?> kind(JsonNode object) {
    String apiVersion = object.path("apiVersion").asText();
    String name = object.path("kind").asText();
    ApiResource resource = Schema.builtIn().resource(apiVersion, name);
    if (resource == null) {
      throw new IllegalArgumentException("no kind " + name + " in " + apiVersion);
    }
    return Kinds.generic(resource);
  }
}
