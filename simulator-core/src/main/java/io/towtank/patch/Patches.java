package io.towtank.patch;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.Kind;
import io.towtank.schema.ApiResource;
import io.towtank.schema.Schema;
import io.towtank.schema.ValueType;

/** Applies patches to documents. */
public final class Patches {
  private Patches() {}

  /**
   * The object as patched, as the API server would before it reads it again; no defaults are filled
   * in and nothing is validated.
   *
   * @param object a document of the kind, in the version that the kind names; not changed
   * @param patch in the form of its type; not changed
   * @throws PatchException where the patch is malformed or does not fit the object
   */
  public static JsonNode apply(PatchType type, JsonNode object, JsonNode patch, Kind<?> kind) {
    return switch (type) {
      case JSON -> JsonPatch.apply(object, patch);
      case MERGE -> JsonMergePatch.apply(object, patch);
      case STRATEGIC_MERGE -> strategicMerge(object, patch, kind);
    };
  }

  private static JsonNode strategicMerge(JsonNode object, JsonNode patch, Kind<?> kind) {
    Schema schema = Schema.builtIn();
    ApiResource resource = schema.resource(kind.apiVersion(), kind.name());
    if (resource == null) {
      throw new PatchException(
          PatchException.Reason.UNSUPPORTED,
          "strategic merge patch format is not supported for "
              + kind
              + ", of which no schema is built in; use "
              + PatchType.MERGE.contentType());
    }
    return StrategicMergePatch.apply(
        object, patch, schema, new ValueType.ObjectOf(resource.type()));
  }
}
