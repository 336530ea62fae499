package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How many pods of which template, and in which order.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record StatefulSetSpec(
    @Nullable Integer replicas,
    LabelSelector selector,
    PodTemplateSpec template,
    ImmutableList<PersistentVolumeClaim> volumeClaimTemplates,
    @Nullable String serviceName,
    @Nullable String podManagementPolicy,
    @Nullable StatefulSetUpdateStrategy updateStrategy,
    @Nullable Integer revisionHistoryLimit,
    @Nullable Integer minReadySeconds,
    @Nullable StatefulSetPersistentVolumeClaimRetentionPolicy persistentVolumeClaimRetentionPolicy,
    @Nullable StatefulSetOrdinals ordinals,
    Fields rest) {
  public StatefulSetSpec {
    volumeClaimTemplates = volumeClaimTemplates == null ? ImmutableList.of() : volumeClaimTemplates;
    rest = rest == null ? Fields.NONE : rest;
  }
}
