package io.towtank.controllers.deployment;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Deployment;
import io.towtank.api.LabelSelector;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.PodTemplateSpecBuilder;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetBuilder;
import io.towtank.api.ReplicaSetSpecBuilder;
import io.towtank.api.ReplicaSetStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.controllers.workload.ControllerRefs;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The templates of Deployments and what becomes of them in ReplicaSets. */
final class Templates {
  private Templates() {}

  /**
   * Whether two templates are the same but for the label that tells ReplicaSets apart. ReplicaSets
   * share the pod spec of the Deployment that they were made for, so that for most this is quick.
   */
  static boolean sameButHash(PodTemplateSpec a, @Nullable PodTemplateSpec b) {
    return b != null
        && a.spec().equals(b.spec())
        && Objects.equals(a.nodeName(), b.nodeName())
        && a.rest().equals(b.rest())
        && sameButHash(a.metadata().labels(), b.metadata().labels())
        && withLabels(a.metadata(), b.metadata().labels()).equals(b.metadata());
  }

  private static boolean sameButHash(Map<String, String> a, Map<String, String> b) {
    int hashes =
        (a.containsKey(TemplateHash.LABEL) ? 1 : 0) - (b.containsKey(TemplateHash.LABEL) ? 1 : 0);
    if (a.size() - b.size() != hashes) {
      return false;
    }
    for (Map.Entry<String, String> label : a.entrySet()) {
      if (!label.getKey().equals(TemplateHash.LABEL)
          && !label.getValue().equals(b.get(label.getKey()))) {
        return false;
      }
    }
    return true;
  }

  /** A template without the hash in its labels. */
  static PodTemplateSpec withoutHash(PodTemplateSpec template) {
    return template.metadata().labels().containsKey(TemplateHash.LABEL)
        ? withLabels(
            template,
            template.metadata().labels().entrySet().stream()
                .filter(label -> !label.getKey().equals(TemplateHash.LABEL))
                .collect(ImmutableMap.toImmutableMap(e -> e.getKey(), e -> e.getValue())))
        : template;
  }

  private static PodTemplateSpec withLabels(
      PodTemplateSpec template, ImmutableMap<String, String> labels) {
    return PodTemplateSpecBuilder.builder(template)
        .metadata(withLabels(template.metadata(), labels))
        .build();
  }

  private static ObjectMeta withLabels(ObjectMeta meta, ImmutableMap<String, String> labels) {
    return ObjectMetaBuilder.builder(meta).labels(labels).build();
  }

  /** The ReplicaSet of a Deployment's template, with no replicas yet. */
  static ReplicaSet replicaSet(Deployment deployment) {
    PodTemplateSpec template = deployment.spec().template();
    String hash = TemplateHash.of(template, deployment.status().collisionCount());
    ImmutableMap<String, String> labels = with(template.metadata().labels(), hash);
    LabelSelector selector = deployment.spec().selector();
    ObjectMeta meta =
        ObjectMetaBuilder.builder()
            .name(deployment.name() + "-" + hash)
            .namespace(deployment.metadata().namespace())
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .labels(labels)
            .ownerReferences(ImmutableList.of(ControllerRefs.to(deployment)))
            .build();
    return ReplicaSetBuilder.builder()
        .metadata(meta)
        .spec(
            ReplicaSetSpecBuilder.builder()
                .replicas(0)
                .minReadySeconds(deployment.spec().minReadySeconds())
                .selector(
                    LabelSelectorBuilder.builder(selector)
                        .matchLabels(with(selector.matchLabels(), hash))
                        .build())
                .template(withLabels(template, labels))
                .build())
        .status(ReplicaSetStatusBuilder.builder().build())
        .build();
  }

  private static ImmutableMap<String, String> with(
      ImmutableMap<String, String> labels, String hash) {
    return ImmutableMap.<String, String>builder()
        .putAll(labels)
        .put(TemplateHash.LABEL, hash)
        .buildKeepingLast();
  }
}
