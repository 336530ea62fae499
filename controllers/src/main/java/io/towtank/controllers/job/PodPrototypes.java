package io.towtank.controllers.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Job;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.controllers.workload.Finalizers;
import io.towtank.controllers.workload.Pods;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The pods that a Job asks the API for. All pods of a Job without indexes are one instance; those
 * of an Indexed Job tell their index in their name, label, annotation and host name, and to their
 * containers in {@code JOB_COMPLETION_INDEX}.
 */
final class PodPrototypes {
  // apiserver: names.MaxGeneratedNameLength
  private static final int MOST_PREFIX = 58;
  private static final String INDEX_VARIABLE = "JOB_COMPLETION_INDEX";

  private final Job job;
  private final Pod base;

  /** For a Job as it is now. */
  PodPrototypes(Job job) {
    this.job = job;
    Pod pod = Pods.fromTemplate(job.spec().template(), job);
    Pod tracked = pod.withMetadata(Finalizers.with(pod.metadata(), JobPods.FINALIZER));
    this.base = JobSync.isIndexed(job) ? tracked.withSpec(withVariable(pod.spec())) : tracked;
  }

  /** Whether they are what a Job asks for: whether its template is the same instance. */
  @SuppressWarnings("ReferenceEquality")
  boolean areOf(Job other) {
    return job.spec().template() == other.spec().template()
        && job.metadata().uid() == other.metadata().uid();
  }

  /** A pod without a name. */
  Pod of(JobAction.NewPod wanted) {
    if (wanted.index() == JobPods.NO_INDEX) {
      return base;
    }
    String index = String.valueOf(wanted.index());
    ObjectMeta meta = base.metadata();
    Map<String, String> annotations = new LinkedHashMap<>(meta.annotations());
    annotations.put(JobPods.COMPLETION_INDEX, index);
    if (wanted.failures() >= 0) {
      annotations.put(JobPods.INDEX_FAILURES, String.valueOf(wanted.failures()));
    }
    if (wanted.ignoredFailures() > 0) {
      annotations.put(JobPods.INDEX_IGNORED_FAILURES, String.valueOf(wanted.ignoredFailures()));
    }
    Map<String, String> labels = new LinkedHashMap<>(meta.labels());
    labels.put(JobPods.COMPLETION_INDEX, index);
    String suffix = "-" + index + "-";
    String name = job.name();
    if (name.length() + suffix.length() > MOST_PREFIX) {
      name = name.substring(0, MOST_PREFIX - suffix.length());
    }
    PodSpec spec = base.spec();
    return base.withMetadata(
            ObjectMetaBuilder.builder(meta)
                .generateName(name + suffix)
                .labels(ImmutableMap.copyOf(labels))
                .annotations(ImmutableMap.copyOf(annotations))
                .build())
        .withSpec(
            PodSpecBuilder.builder(spec)
                .rest(
                    spec.rest()
                        .with(
                            "hostname",
                            JsonNodeFactory.instance.textNode(job.name() + "-" + index)))
                .build());
  }

  private static PodSpec withVariable(PodSpec spec) {
    return PodSpecBuilder.builder(spec)
        .initContainers(withVariable(spec.initContainers()))
        .containers(withVariable(spec.containers()))
        .build();
  }

  private static ImmutableList<Container> withVariable(ImmutableList<Container> containers) {
    return containers.stream()
        .map(PodPrototypes::withVariable)
        .collect(ImmutableList.toImmutableList());
  }

  private static Container withVariable(Container container) {
    ArrayNode variables = JsonNodeFactory.instance.arrayNode();
    JsonNode before = container.rest().get("env");
    if (before != null) {
      for (JsonNode variable : before) {
        if (variable.path("name").asText().equals(INDEX_VARIABLE)) {
          return container;
        }
        variables.add(variable);
      }
    }
    variables
        .addObject()
        .put("name", INDEX_VARIABLE)
        .putObject("valueFrom")
        .putObject("fieldRef")
        .put("apiVersion", "v1")
        .put("fieldPath", "metadata.labels['" + JobPods.COMPLETION_INDEX + "']");
    return ContainerBuilder.builder(container)
        .rest(container.rest().with("env", variables))
        .build();
  }
}
