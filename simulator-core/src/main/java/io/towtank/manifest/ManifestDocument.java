package io.towtank.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.KubeObject;

/**
 * An object as a file has it, in a current API version and without defaults.
 *
 * @param source the file's name
 * @param position where the object begins
 * @param content the document; nobody else holds it
 * @param object the same as an object; its namespace is null where the file names none
 */
public record ManifestDocument(
    String source, Position position, ObjectNode content, KubeObject object) {}
