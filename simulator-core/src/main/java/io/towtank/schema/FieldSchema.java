package io.towtank.schema;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import org.jspecify.annotations.Nullable;

/**
 * A field of a type.
 *
 * @param required whether documents have to have it
 * @param listType how server-side apply merges it, null where it goes by the shape alone: maps and
 *     objects field by field, lists as a whole
 * @param listMapKeys what tells elements of a list of type MAP apart
 * @param patchMergeKey what tells a list's elements apart in strategic merge patches, null where
 *     nothing does
 * @param patchStrategies how strategic merge patches treat it: merge, replace, retainKeys; none:
 *     objects are merged, lists replaced
 * @param words the words allowed (of each element, in a list), none where any are
 */
public record FieldSchema(
    String name,
    ValueType type,
    boolean required,
    @Nullable ListType listType,
    ImmutableList<String> listMapKeys,
    @Nullable String patchMergeKey,
    ImmutableSet<String> patchStrategies,
    ImmutableSet<String> words) {}
