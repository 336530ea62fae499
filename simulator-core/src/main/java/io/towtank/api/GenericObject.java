package io.towtank.api;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * An object of a kind that no component interprets: a ConfigMap, a VirtualService, a custom
 * resource.
 *
 * @param kind what it is
 * @param resourceVersion revision of the last write; 0 before the first
 * @param content the document's fields but for apiVersion, kind and metadata
 */
public record GenericObject(
    Kind<GenericObject> kind, ObjectMeta metadata, long resourceVersion, Fields content)
    implements KubeObject {
  @Override
  public GenericObject withMetadata(ObjectMeta metadata) {
    return new GenericObject(kind, metadata, resourceVersion, content);
  }

  @Override
  public GenericObject withResourceVersion(long resourceVersion) {
    return new GenericObject(kind, metadata, resourceVersion, content);
  }

  @Override
  public GenericObject withStatusOf(KubeObject other) {
    return with("status", ((GenericObject) other).content.get("status"));
  }

  /** This object with another field beside metadata, or without it where the value is null. */
  public GenericObject with(String field, @Nullable JsonNode value) {
    return new GenericObject(kind, metadata, resourceVersion, content.with(field, value));
  }
}
