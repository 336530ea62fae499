package io.towtank.manifest;

import com.google.common.collect.ImmutableList;

/**
 * What a file asks for.
 *
 * @param documents its objects, in their order; those of lists one by one
 * @param notes what the author should know, as that an old API version was converted
 */
public record Manifest(ImmutableList<ManifestDocument> documents, ImmutableList<Note> notes) {}
