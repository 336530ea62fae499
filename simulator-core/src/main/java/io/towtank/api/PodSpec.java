package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * What a pod wants: its containers and where it may run.
 *
 * @param restartPolicy Always, OnFailure or Never
 * @param resources of the pod as a whole, where given
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record PodSpec(
    ImmutableList<Volume> volumes,
    ImmutableList<Container> initContainers,
    ImmutableList<Container> containers,
    @Nullable String restartPolicy,
    @Nullable Long terminationGracePeriodSeconds,
    @Nullable Long activeDeadlineSeconds,
    ImmutableMap<String, String> nodeSelector,
    @Nullable String serviceAccountName,
    @Nullable Boolean hostNetwork,
    @Nullable Affinity affinity,
    @Nullable String schedulerName,
    ImmutableList<Toleration> tolerations,
    @Nullable String priorityClassName,
    @Nullable Integer priority,
    @Nullable String preemptionPolicy,
    ImmutableMap<String, Quantity> overhead,
    ImmutableList<TopologySpreadConstraint> topologySpreadConstraints,
    ImmutableList<PodSchedulingGate> schedulingGates,
    ImmutableList<PodReadinessGate> readinessGates,
    @Nullable ResourceRequirements resources,
    Fields rest) {
  public PodSpec {
    volumes = volumes == null ? ImmutableList.of() : volumes;
    initContainers = initContainers == null ? ImmutableList.of() : initContainers;
    containers = containers == null ? ImmutableList.of() : containers;
    nodeSelector = nodeSelector == null ? ImmutableMap.of() : nodeSelector;
    tolerations = tolerations == null ? ImmutableList.of() : tolerations;
    overhead = overhead == null ? ImmutableMap.of() : overhead;
    topologySpreadConstraints =
        topologySpreadConstraints == null ? ImmutableList.of() : topologySpreadConstraints;
    schedulingGates = schedulingGates == null ? ImmutableList.of() : schedulingGates;
    readinessGates = readinessGates == null ? ImmutableList.of() : readinessGates;
    rest = rest == null ? Fields.NONE : rest;
  }
}
