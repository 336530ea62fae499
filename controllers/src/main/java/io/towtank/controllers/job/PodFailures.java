package io.towtank.controllers.job;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.Iterables;
import io.towtank.api.ContainerStateTerminated;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodFailurePolicy;
import io.towtank.api.PodFailurePolicyOnExitCodesRequirement;
import io.towtank.api.PodFailurePolicyOnPodConditionsPattern;
import io.towtank.api.PodFailurePolicyRule;
import org.jspecify.annotations.Nullable;

/** What a failed pod means for its Job (KEP-3329; pkg/controller/job: pod_failure_policy.go). */
final class PodFailures {
  /**
   * A verdict.
   *
   * @param counted whether the failure counts towards the limits
   * @param failsIndex whether the pod's index has failed with it
   * @param failsJob why the Job has failed with it, null where it has not
   */
  record Verdict(boolean counted, boolean failsIndex, @Nullable String failsJob) {}

  private static final Verdict COUNTED = new Verdict(true, false, null);
  private static final Verdict FAILS_INDEX = new Verdict(true, true, null);
  private static final Verdict IGNORED = new Verdict(false, false, null);

  private PodFailures() {}

  /** The verdict of the first rule that matches; without one the failure counts. */
  static Verdict judge(@Nullable PodFailurePolicy policy, Pod pod) {
    if (policy == null) {
      return COUNTED;
    }
    for (int i = 0; i < policy.rules().size(); i++) {
      PodFailurePolicyRule rule = policy.rules().get(i);
      String matched =
          rule.onExitCodes() != null
              ? exitCode(rule.onExitCodes(), pod)
              : condition(rule.onPodConditions(), pod);
      if (matched != null) {
        switch (rule.action()) {
          case "Ignore" -> {
            return IGNORED;
          }
          case "FailIndex" -> {
            return FAILS_INDEX;
          }
          case "Count" -> {
            return COUNTED;
          }
          case "FailJob" -> {
            return new Verdict(true, false, matched + " matching FailJob rule at index " + i);
          }
          default -> {
            // An action of a later version: the rule is passed over.
          }
        }
      }
    }
    return COUNTED;
  }

  private static @Nullable String exitCode(
      PodFailurePolicyOnExitCodesRequirement requirement, Pod pod) {
    for (ContainerStatus container :
        Iterables.concat(pod.status().containerStatuses(), pod.status().initContainerStatuses())) {
      ContainerStateTerminated terminated = JobPods.terminated(container);
      if (terminated == null
          || terminated.exitCode() == 0
          || (requirement.containerName() != null
              && !requirement.containerName().equals(container.name()))) {
        continue;
      }
      boolean listed = requirement.values().contains(terminated.exitCode());
      if (requirement.operator().equals("In") ? listed : !listed) {
        return "Container "
            + container.name()
            + " for pod "
            + pod.metadata().namespace()
            + "/"
            + pod.name()
            + " failed with exit code "
            + terminated.exitCode();
      }
    }
    return null;
  }

  private static @Nullable String condition(
      ImmutableList<PodFailurePolicyOnPodConditionsPattern> patterns, Pod pod) {
    for (PodCondition condition : pod.status().conditions()) {
      for (PodFailurePolicyOnPodConditionsPattern pattern : patterns) {
        if (pattern.type().equals(condition.type())
            && pattern.status().equals(condition.status().toString())) {
          return "Pod "
              + pod.metadata().namespace()
              + "/"
              + pod.name()
              + " has condition "
              + condition.type();
        }
      }
    }
    return null;
  }
}
