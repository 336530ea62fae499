package io.towtank.controllers.deployment;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Deployment;
import io.towtank.api.KubeObject;
import io.towtank.api.ReplicaSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the controller notes down on Deployments and ReplicaSets (pkg/controller/deployment/util).
 */
final class Annotations {
  /** Counts the templates of a Deployment up; a template that comes back gets the next number. */
  static final String REVISION = "deployment.kubernetes.io/revision";

  /** The revisions that a ReplicaSet had before, by commas. */
  static final String REVISION_HISTORY = "deployment.kubernetes.io/revision-history";

  /** The Deployment's replicas when the ReplicaSet was last scaled. */
  static final String DESIRED_REPLICAS = "deployment.kubernetes.io/desired-replicas";

  /** The Deployment's replicas and surge when the ReplicaSet was last scaled. */
  static final String MAX_REPLICAS = "deployment.kubernetes.io/max-replicas";

  private static final int HISTORY_LIMIT_CHARS = 2000;

  // Not copied from a Deployment to its ReplicaSets, nor back.
  private static final ImmutableSet<String> OWN =
      ImmutableSet.of(
          "kubectl.kubernetes.io/last-applied-configuration",
          REVISION,
          REVISION_HISTORY,
          DESIRED_REPLICAS,
          MAX_REPLICAS,
          "deprecated.deployment.rollback.to");

  private Annotations() {}

  /** The revision; 0 where none is noted, null where what is noted is no number. */
  static @Nullable Long revision(KubeObject object) {
    String text = object.metadata().annotations().get(REVISION);
    return text == null ? Long.valueOf(0) : number(text);
  }

  private static @Nullable Long number(String text) {
    try {
      return Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** An annotation's number, null where there is none. */
  static @Nullable Integer replicas(ReplicaSet set, String annotation) {
    String text = set.metadata().annotations().get(annotation);
    if (text == null) {
      return null;
    }
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /**
   * What a Deployment's newest ReplicaSet is to bear: the Deployment's own annotations and the
   * revision, with the older ones as history (SetNewReplicaSetAnnotations).
   */
  static ImmutableMap<String, String> ofNewest(
      Deployment deployment, ImmutableMap<String, String> now, long revision) {
    String oldText = now.get(REVISION);
    Long old = oldText == null || oldText.isEmpty() ? Long.valueOf(0) : number(oldText);
    ImmutableMap<String, String> own = deployment.metadata().annotations();
    if (old == null || (old >= revision && bears(now, own))) {
      return now;
    }
    Map<String, String> result = new LinkedHashMap<>(now);
    own.forEach((key, value) -> {
      if (!OWN.contains(key)) {
        result.put(key, value);
      }
    });
    if (old < revision) {
      result.put(REVISION, Long.toString(revision));
      if (oldText != null) {
        appendHistory(result, oldText);
      }
    }
    return unchangedOr(now, result);
  }

  /** Whether a ReplicaSet has all that is copied from its Deployment: what mostly holds. */
  private static boolean bears(
      ImmutableMap<String, String> now, ImmutableMap<String, String> deployment) {
    for (Map.Entry<String, String> entry : deployment.entrySet()) {
      if (!OWN.contains(entry.getKey()) && !entry.getValue().equals(now.get(entry.getKey()))) {
        return false;
      }
    }
    return true;
  }

  private static void appendHistory(Map<String, String> annotations, String revision) {
    String history = annotations.getOrDefault(REVISION_HISTORY, "");
    if (history.isEmpty()) {
      annotations.put(REVISION_HISTORY, revision);
      return;
    }
    List<String> revisions = new ArrayList<>(Splitter.on(',').splitToList(history));
    int length = history.length() + revision.length() + 1;
    while (length > HISTORY_LIMIT_CHARS && !revisions.isEmpty()) {
      length -= revisions.removeFirst().length() + 1;
    }
    if (length <= HISTORY_LIMIT_CHARS) {
      revisions.add(revision);
      annotations.put(REVISION_HISTORY, String.join(",", revisions));
    }
  }

  /** With the numbers that later tell by how much the Deployment was scaled. */
  static ImmutableMap<String, String> withReplicas(
      ImmutableMap<String, String> now, int desired, int max) {
    Map<String, String> result = new LinkedHashMap<>(now);
    result.put(DESIRED_REPLICAS, Integer.toString(desired));
    result.put(MAX_REPLICAS, Integer.toString(max));
    return unchangedOr(now, result);
  }

  /** With a revision. */
  static ImmutableMap<String, String> withRevision(
      ImmutableMap<String, String> now, String revision) {
    Map<String, String> result = new LinkedHashMap<>(now);
    result.put(REVISION, revision);
    return unchangedOr(now, result);
  }

  /** The Deployment's own annotations replaced by those that a ReplicaSet took from it once. */
  static ImmutableMap<String, String> rolledBack(
      ImmutableMap<String, String> deployment, ImmutableMap<String, String> replicaSet) {
    Map<String, String> result = new LinkedHashMap<>();
    deployment.forEach((key, value) -> {
      if (OWN.contains(key)) {
        result.put(key, value);
      }
    });
    replicaSet.forEach((key, value) -> {
      if (!OWN.contains(key)) {
        result.put(key, value);
      }
    });
    return unchangedOr(deployment, result);
  }

  private static ImmutableMap<String, String> unchangedOr(
      ImmutableMap<String, String> now, Map<String, String> result) {
    return now.equals(result) ? now : ImmutableMap.copyOf(result);
  }
}
