package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How volumes of a class are made.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record StorageClass(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    String provisioner,
    ImmutableMap<String, String> parameters,
    @Nullable String reclaimPolicy,
    ImmutableList<String> mountOptions,
    @Nullable Boolean allowVolumeExpansion,
    @Nullable String volumeBindingMode,
    ImmutableList<TopologySelectorTerm> allowedTopologies,
    Fields rest)
    implements KubeObject {
  public StorageClass {
    parameters = parameters == null ? ImmutableMap.of() : parameters;
    mountOptions = mountOptions == null ? ImmutableList.of() : mountOptions;
    allowedTopologies = allowedTopologies == null ? ImmutableList.of() : allowedTopologies;
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<StorageClass> kind() {
    return Kinds.STORAGE_CLASS;
  }

  @Override
  public StorageClass withMetadata(ObjectMeta metadata) {
    return new StorageClass(
        metadata,
        resourceVersion,
        provisioner,
        parameters,
        reclaimPolicy,
        mountOptions,
        allowVolumeExpansion,
        volumeBindingMode,
        allowedTopologies,
        rest);
  }

  @Override
  public StorageClass withResourceVersion(long resourceVersion) {
    return new StorageClass(
        metadata,
        resourceVersion,
        provisioner,
        parameters,
        reclaimPolicy,
        mountOptions,
        allowVolumeExpansion,
        volumeBindingMode,
        allowedTopologies,
        rest);
  }
}
