package io.towtank.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.LabelSelector;
import io.towtank.api.Selector;
import io.towtank.codec.MalformedDocumentException;
import io.towtank.codec.ObjectCodec;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Deployments, ReplicaSets, StatefulSets, DaemonSets, Jobs and CronJobs (pkg/apis/apps/validation,
 * pkg/apis/batch/validation).
 */
final class WorkloadRules {
  /** A CronJob's Jobs bear its name and eleven characters more. */
  private static final int CRON_JOB_NAME = 52;

  private WorkloadRules() {}

  static void deployment(Subject spec) {
    replicated(spec, "deployment");
    spec.at("revisionHistoryLimit").requireNonNegative();
    Subject deadline = spec.at("progressDeadlineSeconds");
    deadline.requireNonNegative();
    if (deadline.whole(600) <= spec.at("minReadySeconds").whole(0)) {
      deadline.invalid("must be greater than minReadySeconds");
    }
    Subject strategy = spec.at("strategy");
    Subject rolling = strategy.at("rollingUpdate");
    if (strategy.at("type").is("Recreate") && rolling.isPresent()) {
      rolling.forbidden("may not be specified when strategy `type` is 'Recreate'");
      return;
    }
    Subject unavailable = rolling.at("maxUnavailable");
    Subject surge = rolling.at("maxSurge");
    Amounts.intOrShare(unavailable);
    Amounts.intOrPercent(surge);
    if (Amounts.isZero(unavailable) && Amounts.isZero(surge)) {
      unavailable.invalid("may not be 0 when `maxSurge` is 0");
    }
  }

  static void replicaSet(Subject spec) {
    replicated(spec, "ReplicaSet");
  }

  static void statefulSet(Subject spec) {
    replicated(spec, "statefulset");
    spec.at("revisionHistoryLimit").requireNonNegative();
    spec.at("ordinals", "start").requireNonNegative();
    Subject strategy = spec.at("updateStrategy");
    Subject rolling = strategy.at("rollingUpdate");
    if (strategy.at("type").is("OnDelete") && rolling.isPresent()) {
      rolling.invalid("only allowed for updateStrategy 'RollingUpdate'");
    }
    rolling.at("partition").requireNonNegative();
    Amounts.intOrShare(rolling.at("maxUnavailable"));
    if (Amounts.isZero(rolling.at("maxUnavailable"))) {
      rolling.at("maxUnavailable").invalid("cannot be 0");
    }
    for (Subject claim : spec.at("volumeClaimTemplates").items()) {
      StorageRules.claim(claim.at("spec"));
      if (claim.at("metadata", "name").isEmpty()) {
        claim.at("metadata", "name").required("");
      }
    }
  }

  static void daemonSet(Subject spec) {
    selected(spec, "daemonset");
    alwaysRestarts(spec.at("template", "spec"));
    spec.at("minReadySeconds").requireNonNegative();
    spec.at("revisionHistoryLimit").requireNonNegative();
    Subject rolling = spec.at("updateStrategy", "rollingUpdate");
    Subject unavailable = rolling.at("maxUnavailable");
    Subject surge = rolling.at("maxSurge");
    Amounts.intOrShare(unavailable);
    Amounts.intOrShare(surge);
    if (surge.isPresent() && !Amounts.isZero(surge)) {
      if (unavailable.isPresent() && !Amounts.isZero(unavailable)) {
        surge.invalid("may not be set when maxUnavailable is non-zero");
      }
    } else if (Amounts.isZero(unavailable)) {
      unavailable.invalid("cannot be 0 when maxSurge is 0");
    }
  }

  static void job(Subject spec) {
    MetadataRules.selector(spec.at("selector"));
    for (String field :
        new String[] {
          "parallelism",
          "completions",
          "activeDeadlineSeconds",
          "backoffLimit",
          "ttlSecondsAfterFinished",
          "backoffLimitPerIndex",
          "maxFailedIndexes"
        }) {
      spec.at(field).requireNonNegative();
    }
    boolean indexed = spec.at("completionMode").is("Indexed");
    if (indexed && !spec.at("completions").isPresent()) {
      spec.at("completions").required("when completion mode is Indexed");
    }
    if (!indexed) {
      for (String field : new String[] {"backoffLimitPerIndex", "maxFailedIndexes"}) {
        if (spec.at(field).isPresent()) {
          spec.at(field).invalid("when completionMode is NonIndexed");
        }
      }
    }
    Subject template = spec.at("template");
    PodRules.template(template);
    Subject restart = template.at("spec", "restartPolicy");
    if (template.at("spec").isPresent()) {
      if (restart.isEmpty()) {
        restart.required("valid values: \"OnFailure\", \"Never\"");
      } else if (restart.is("Always")) {
        restart.unsupported(ImmutableList.of("OnFailure", "Never"));
      }
    }
    if (spec.at("podFailurePolicy").isPresent() && restart.is("OnFailure")) {
      restart.invalid("only \"Never\" is supported when podFailurePolicy is specified");
    }
  }

  static void cronJob(Subject document) {
    Subject name = document.at("metadata", "name");
    if (name.text().length() > CRON_JOB_NAME) {
      name.invalid("must be no more than " + CRON_JOB_NAME + " characters");
    }
    Subject spec = document.at("spec");
    Subject schedule = spec.at("schedule");
    if (schedule.node().isTextual()) {
      if (schedule.isEmpty()) {
        schedule.required("");
      } else {
        String problem = CronSyntax.problem(schedule.text());
        if (problem != null) {
          schedule.invalid(problem);
        }
      }
    }
    for (String field :
        new String[] {
          "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"
        }) {
      spec.at(field).requireNonNegative();
    }
    if (spec.at("timeZone").isPresent() && !CronSyntax.isTimeZone(spec.at("timeZone").text())) {
      spec.at("timeZone").invalid("unknown time zone " + spec.at("timeZone").text());
    }
    MetadataRules.labelled(spec.at("jobTemplate", "metadata"));
    job(spec.at("jobTemplate", "spec"));
  }

  private static void replicated(Subject spec, String what) {
    spec.at("replicas").requireNonNegative();
    spec.at("minReadySeconds").requireNonNegative();
    selected(spec, what);
    Subject pod = spec.at("template", "spec");
    alwaysRestarts(pod);
    if (pod.at("activeDeadlineSeconds").isPresent()) {
      pod.at("activeDeadlineSeconds")
          .forbidden("activeDeadlineSeconds in ReplicaSet is not Supported");
    }
  }

  private static void alwaysRestarts(Subject pod) {
    Subject restart = pod.at("restartPolicy");
    if (restart.is("OnFailure") || restart.is("Never")) {
      restart.unsupported(ImmutableList.of("Always"));
    }
  }

  /** A selector and the template whose labels it has to select. */
  private static void selected(Subject spec, String what) {
    Set<String> claims = new LinkedHashSet<>();
    for (Subject claim : spec.at("volumeClaimTemplates").items()) {
      claims.add(claim.at("metadata", "name").text());
    }
    PodRules.template(spec.at("template"), claims);
    Subject selector = spec.at("selector");
    if (!selector.isPresent()) {
      return;
    }
    MetadataRules.selector(selector);
    if (selector.at("matchLabels").isEmpty() && selector.at("matchExpressions").isEmpty()) {
      selector.invalid("empty selector is invalid for " + what);
      return;
    }
    Subject labels = spec.at("template", "metadata", "labels");
    if (spec.at("template").isPresent() && !matches(selector.node(), labels)) {
      labels.invalid("`selector` does not match template `labels`", advice(selector, labels));
    }
  }

  private static boolean matches(JsonNode selector, Subject labels) {
    Map<String, String> byName = new LinkedHashMap<>();
    labels.entries().forEach((name, value) -> byName.put(name, value.text()));
    try {
      return Selector.of(ObjectCodec.readPart(LabelSelector.class, selector)).matches(byName);
    } catch (MalformedDocumentException | IllegalArgumentException e) {
      // The schema or the selector's own rules have complained.
      return true;
    }
  }

  private static String advice(Subject selector, Subject labels) {
    StringBuilder missing = new StringBuilder();
    for (Map.Entry<String, Subject> wanted : selector.at("matchLabels").entries().entrySet()) {
      Subject label = labels.entries().get(wanted.getKey());
      if (label == null || !label.text().equals(wanted.getValue().text())) {
        missing.append(missing.isEmpty() ? "" : ", ");
        missing.append(wanted.getKey()).append(": ").append(wanted.getValue().text());
      }
    }
    return missing.isEmpty()
        ? "every pod must match the selector"
        : "the selector asks for " + missing;
  }
}
