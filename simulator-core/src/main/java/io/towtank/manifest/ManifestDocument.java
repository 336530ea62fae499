package io.towtank.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.KubeObject;

/**
 * An object as a file has it, in a current API version and without defaults.
 *
 * @param source the file's name
 * @param position where the object begins
 * @param namespacePosition where the object's namespace stands, or the nearest that is there
 * @param content the document; nobody else holds it
 * @param object the same as an object; its namespace is null where the file names none
 */
public record ManifestDocument(
    String source,
    Position position,
    Position namespacePosition,
    ObjectNode content,
    KubeObject object) {
  /** The same document with another object made of it. */
  public ManifestDocument withObject(KubeObject other) {
    return new ManifestDocument(source, position, namespacePosition, content, other);
  }
}
