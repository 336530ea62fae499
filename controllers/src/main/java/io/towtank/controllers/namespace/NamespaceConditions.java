package io.towtank.controllers.namespace;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Condition;
import io.towtank.api.ConditionBuilder;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Timestamps;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * What the status of a namespace tells of its deletion (pkg/controller/namespace/deletion:
 * status_condition_utils.go).
 */
final class NamespaceConditions {
  private NamespaceConditions() {}

  /**
   * The conditions that a namespace ought to have.
   *
   * @param before those that it has; the same list is given back where nothing differs
   * @param remaining how many objects of which resource are left, as in {@code deployments.apps}
   * @param finalizers how many of them wait for which finalizer
   * @param failure why something could not be deleted, empty where all could
   * @param nowNanos the time, in nanoseconds since 1970
   */
  static ImmutableList<Condition> of(
      ImmutableList<Condition> before,
      SortedMap<String, Integer> remaining,
      SortedMap<String, Integer> finalizers,
      String failure,
      long nowNanos) {
    Map<String, Condition> conditions = new LinkedHashMap<>();
    before.forEach(condition -> conditions.put(condition.type(), condition));
    set(
        conditions,
        "NamespaceDeletionDiscoveryFailure",
        false,
        "ResourcesDiscovered",
        "All resources successfully discovered",
        nowNanos);
    set(
        conditions,
        "NamespaceDeletionGroupVersionParsingFailure",
        false,
        "ParsedGroupVersions",
        "All legacy kube types successfully parsed",
        nowNanos);
    set(
        conditions,
        "NamespaceDeletionContentFailure",
        !failure.isEmpty(),
        failure.isEmpty() ? "ContentDeleted" : "ContentDeletionFailed",
        failure.isEmpty()
            ? "All content successfully deleted, may be waiting on finalization"
            : "Failed to delete all resource types, 1 remaining: " + failure,
        nowNanos);
    set(
        conditions,
        "NamespaceContentRemaining",
        !remaining.isEmpty(),
        remaining.isEmpty() ? "ContentRemoved" : "SomeResourcesRemain",
        remaining.isEmpty()
            ? "All content successfully removed"
            : remaining.entrySet().stream()
                .map(entry -> entry.getKey() + " has " + entry.getValue() + " resource instances")
                .collect(Collectors.joining(", ", "Some resources are remaining: ", "")),
        nowNanos);
    set(
        conditions,
        "NamespaceFinalizersRemaining",
        !finalizers.isEmpty(),
        finalizers.isEmpty() ? "ContentHasNoFinalizers" : "SomeFinalizersRemain",
        finalizers.isEmpty()
            ? "All content-preserving finalizers finished"
            : finalizers.entrySet().stream()
                .map(entry -> entry.getKey() + " in " + entry.getValue() + " resource instances")
                .collect(
                    Collectors.joining(
                        ", ", "Some content in the namespace has finalizers remaining: ", "")),
        nowNanos);
    ImmutableList<Condition> wanted = ImmutableList.copyOf(conditions.values());
    return wanted.equals(before) ? before : wanted;
  }

  private static void set(
      Map<String, Condition> conditions,
      String type,
      boolean value,
      String reason,
      String message,
      long nowNanos) {
    ConditionStatus status = value ? ConditionStatus.TRUE : ConditionStatus.FALSE;
    Condition before = conditions.get(type);
    if (before != null
        && before.status() == status
        && Objects.equals(before.reason(), reason)
        && Objects.equals(before.message(), message)) {
      return;
    }
    conditions.put(
        type,
        ConditionBuilder.builder()
            .type(type)
            .status(status)
            .lastTransitionTime(
                before != null && before.status() == status
                    ? before.lastTransitionTime()
                    : Timestamps.toSecond(nowNanos))
            .reason(reason)
            .message(message)
            .build());
  }
}
