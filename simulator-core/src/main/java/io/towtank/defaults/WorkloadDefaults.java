package io.towtank.defaults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What runs pods (pkg/apis/apps/v1/defaults.go, pkg/apis/batch/v1/defaults.go). */
final class WorkloadDefaults {
  private static final String ROLLING = "RollingUpdate";
  private static final int REVISIONS = 10;

  private WorkloadDefaults() {}

  static void deployment(ObjectNode spec) {
    PodDefaults.template(Absent.object(spec, "template"));
    Absent.set(spec, "replicas", 1);
    ObjectNode strategy = Absent.object(spec, "strategy");
    Absent.set(strategy, "type", ROLLING);
    if (strategy.path("type").asText().equals(ROLLING)) {
      ObjectNode rolling = Absent.object(strategy, "rollingUpdate");
      Absent.set(rolling, "maxUnavailable", "25%");
      Absent.set(rolling, "maxSurge", "25%");
    }
    Absent.set(spec, "revisionHistoryLimit", REVISIONS);
    Absent.set(spec, "progressDeadlineSeconds", 600);
  }

  static void replicaSet(ObjectNode spec) {
    PodDefaults.template(Absent.object(spec, "template"));
    Absent.set(spec, "replicas", 1);
  }

  static void replicationController(ObjectNode document) {
    ObjectNode spec = Absent.object(document, "spec");
    replicaSet(spec);
    JsonNode labels = spec.path("template").path("metadata").path("labels");
    if (labels.isObject()) {
      if (spec.path("selector").isEmpty()) {
        spec.set("selector", labels.deepCopy());
      }
      labelled(document, labels);
    }
  }

  static void statefulSet(ObjectNode spec) {
    PodDefaults.template(Absent.object(spec, "template"));
    Absent.set(spec, "podManagementPolicy", "OrderedReady");
    ObjectNode strategy = Absent.object(spec, "updateStrategy");
    if (Absent.is(strategy, "type")) {
      strategy.put("type", ROLLING);
      Absent.object(strategy, "rollingUpdate");
    }
    if (strategy.path("type").asText().equals(ROLLING)
        && strategy.path("rollingUpdate") instanceof ObjectNode rolling) {
      Absent.set(rolling, "partition", 0);
    }
    ObjectNode retention = Absent.object(spec, "persistentVolumeClaimRetentionPolicy");
    Absent.set(retention, "whenDeleted", "Retain");
    Absent.set(retention, "whenScaled", "Retain");
    Absent.set(spec, "replicas", 1);
    Absent.set(spec, "revisionHistoryLimit", REVISIONS);
    for (ObjectNode claim : Absent.objects(spec, "volumeClaimTemplates")) {
      // pkg/apis/apps/v1/conversion.go
      claim.put("apiVersion", "v1");
      claim.put("kind", "PersistentVolumeClaim");
      StorageDefaults.claim(claim);
    }
  }

  static void daemonSet(ObjectNode spec) {
    PodDefaults.template(Absent.object(spec, "template"));
    ObjectNode strategy = Absent.object(spec, "updateStrategy");
    Absent.set(strategy, "type", ROLLING);
    if (strategy.path("type").asText().equals(ROLLING)) {
      ObjectNode rolling = Absent.object(strategy, "rollingUpdate");
      Absent.set(rolling, "maxUnavailable", 1);
      Absent.set(rolling, "maxSurge", 0);
    }
    Absent.set(spec, "revisionHistoryLimit", REVISIONS);
  }

  static void job(ObjectNode document) {
    ObjectNode spec = Absent.object(document, "spec");
    jobSpec(spec);
    JsonNode labels = spec.path("template").path("metadata").path("labels");
    if (labels.isObject() && !labels.isEmpty()) {
      labelled(document, labels);
    }
  }

  static void jobSpec(ObjectNode spec) {
    PodDefaults.template(Absent.object(spec, "template"));
    if (Absent.is(spec, "completions") && Absent.is(spec, "parallelism")) {
      spec.put("completions", 1);
    }
    Absent.set(spec, "parallelism", 1);
    Absent.set(
        spec, "backoffLimit", Absent.is(spec, "backoffLimitPerIndex") ? 6 : Integer.MAX_VALUE);
    Absent.set(spec, "completionMode", "NonIndexed");
    Absent.set(spec, "suspend", false);
    Absent.set(spec, "manualSelector", false);
    podFailurePolicy(spec);
    Absent.set(
        spec,
        "podReplacementPolicy",
        Absent.is(spec, "podFailurePolicy") ? "TerminatingOrFailed" : "Failed");
  }

  static void cronJob(ObjectNode spec) {
    ObjectNode template = Absent.object(spec, "jobTemplate");
    Absent.object(template, "metadata");
    ObjectNode job = Absent.object(template, "spec");
    PodDefaults.template(Absent.object(job, "template"));
    podFailurePolicy(job);
    Absent.set(spec, "concurrencyPolicy", "Allow");
    Absent.set(spec, "suspend", false);
    Absent.set(spec, "successfulJobsHistoryLimit", 3);
    Absent.set(spec, "failedJobsHistoryLimit", 1);
  }

  private static void podFailurePolicy(ObjectNode job) {
    for (ObjectNode rule : Absent.objects(job.path("podFailurePolicy"), "rules")) {
      for (ObjectNode pattern : Absent.objects(rule, "onPodConditions")) {
        Absent.set(pattern, "status", "True");
      }
    }
  }

  private static void labelled(ObjectNode document, JsonNode labels) {
    ObjectNode metadata = Absent.object(document, "metadata");
    if (metadata.path("labels").isEmpty()) {
      metadata.set("labels", labels.deepCopy());
    }
  }
}
