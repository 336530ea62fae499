package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How evenly matching pods are spread over the values of a node label.
 *
 * @param whenUnsatisfiable DoNotSchedule or ScheduleAnyway
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record TopologySpreadConstraint(
    int maxSkew,
    String topologyKey,
    String whenUnsatisfiable,
    @Nullable LabelSelector labelSelector,
    @Nullable Integer minDomains,
    @Nullable String nodeAffinityPolicy,
    @Nullable String nodeTaintsPolicy,
    ImmutableList<String> matchLabelKeys,
    Fields rest) {
  public TopologySpreadConstraint {
    matchLabelKeys = matchLabelKeys == null ? ImmutableList.of() : matchLabelKeys;
    rest = rest == null ? Fields.NONE : rest;
  }
}
