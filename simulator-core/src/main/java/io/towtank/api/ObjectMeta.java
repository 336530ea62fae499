package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What every object has: its name, its owners, its labels. The revision is beside it, in the
 * object, since it changes with every write and all of this seldom does.
 *
 * @param name empty until generateName has been made into one
 * @param namespace null for what belongs to the cluster
 * @param generation counts the changes of the desired state
 * @param creationTimestamp nanoseconds since 1970, or Timestamps.NONE
 * @param deletionTimestamp when the grace period ends, nanoseconds since 1970, or Timestamps.NONE
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ObjectMeta(
    @OmitEmpty String name,
    @Nullable String generateName,
    @Nullable String namespace,
    @Nullable Uid uid,
    @OmitEmpty long generation,
    @Rfc3339 long creationTimestamp,
    @Rfc3339 long deletionTimestamp,
    @Nullable Long deletionGracePeriodSeconds,
    ImmutableMap<String, String> labels,
    ImmutableMap<String, String> annotations,
    ImmutableList<OwnerReference> ownerReferences,
    ImmutableList<String> finalizers,
    Fields rest) {
  public ObjectMeta {
    name = name == null ? "" : name;
    labels = labels == null ? ImmutableMap.of() : labels;
    annotations = annotations == null ? ImmutableMap.of() : annotations;
    ownerReferences = ownerReferences == null ? ImmutableList.of() : ownerReferences;
    finalizers = finalizers == null ? ImmutableList.of() : finalizers;
    rest = rest == null ? Fields.NONE : rest;
  }
}
