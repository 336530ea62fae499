package io.towtank.controllers.statefulset;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimVolumeSource;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.StatefulSet;
import io.towtank.api.Timestamps;
import io.towtank.api.Volume;
import io.towtank.controllers.history.Revision;
import io.towtank.controllers.workload.Pods;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The pods of a StatefulSet: their names, labels and volumes (pkg/controller/statefulset:
 * stateful_set_utils.go).
 */
final class StatefulPods {
  private static final String POD_NAME = "statefulset.kubernetes.io/pod-name";
  private static final String POD_INDEX = "apps.kubernetes.io/pod-index";

  private StatefulPods() {}

  /** The number at the end of a pod's name, -1 where there is none. */
  static int ordinal(Pod pod) {
    String name = pod.name();
    int start = name.length();
    while (start > 0 && name.charAt(start - 1) >= '0' && name.charAt(start - 1) <= '9') {
      start--;
    }
    if (start == name.length() || start < 1 || name.charAt(start - 1) != '-') {
      return -1;
    }
    try {
      return Integer.parseInt(name, start, name.length(), 10);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Whether a pod's name says that it belongs to a set. */
  static boolean isMember(StatefulSet set, Pod pod) {
    return ordinal(pod) >= 0
        && pod.name().lastIndexOf('-') == set.name().length()
        && pod.name().startsWith(set.name());
  }

  /** The revision that a pod was made from, empty where it does not say. */
  static String revision(Pod pod) {
    return pod.metadata().labels().getOrDefault(Revision.POD_LABEL, "");
  }

  static boolean isTerminating(Pod pod) {
    return pod.metadata().deletionTimestamp() != Timestamps.NONE;
  }

  static boolean isRunningAndReady(Pod pod) {
    return pod.status().phase() == PodPhase.RUNNING && pod.isReady();
  }

  static boolean isHealthy(Pod pod) {
    return isRunningAndReady(pod) && !isTerminating(pod);
  }

  /** The pod of a number, made from a template. */
  static Pod create(StatefulSet set, PodTemplateSpec template, String revision, int ordinal) {
    Pod pod = Pods.fromTemplate(template, set);
    String name = set.name() + "-" + ordinal;
    ObjectMeta meta =
        ObjectMetaBuilder.builder(pod.metadata())
            .name(name)
            .generateName(null)
            .labels(
                ImmutableMap.<String, String>builder()
                    .putAll(pod.metadata().labels())
                    .put(POD_NAME, name)
                    .put(POD_INDEX, Integer.toString(ordinal))
                    .put(Revision.POD_LABEL, revision)
                    .buildKeepingLast())
            .build();
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    Fields rest = pod.spec().rest().with("hostname", nodes.textNode(name));
    String service = set.spec().serviceName();
    if (service != null && !service.isEmpty()) {
      rest = rest.with("subdomain", nodes.textNode(service));
    }
    PodSpec spec =
        PodSpecBuilder.builder(pod.spec())
            .rest(rest)
            .volumes(volumes(set, pod.spec().volumes(), ordinal))
            .build();
    return pod.withMetadata(meta).withSpec(spec);
  }

  /** Volumes with those of the claim templates, which replace others of their names. */
  private static ImmutableList<Volume> volumes(
      StatefulSet set, ImmutableList<Volume> own, int ordinal) {
    ImmutableList<PersistentVolumeClaim> templates = set.spec().volumeClaimTemplates();
    if (templates.isEmpty()) {
      return own;
    }
    ImmutableList.Builder<Volume> volumes = ImmutableList.builder();
    Set<String> names = new HashSet<>();
    for (PersistentVolumeClaim template : templates) {
      names.add(template.name());
      volumes.add(
          new Volume(
              template.name(),
              new PersistentVolumeClaimVolumeSource(
                  StatefulClaims.name(set, template, ordinal), false, Fields.NONE),
              null,
              Fields.NONE));
    }
    for (Volume volume : own) {
      if (!names.contains(volume.name())) {
        volumes.add(volume);
      }
    }
    return volumes.build();
  }

  /** Whether a pod bears the label that services find it by (identityMatches). */
  static boolean hasIdentity(Pod pod) {
    return pod.name().equals(pod.metadata().labels().get(POD_NAME));
  }

  /** Whether a pod has the volumes of the claim templates (storageMatches). */
  static boolean hasStorage(StatefulSet set, Pod pod) {
    ImmutableList<PersistentVolumeClaim> templates = set.spec().volumeClaimTemplates();
    if (templates.isEmpty()) {
      return true;
    }
    Map<String, Volume> volumes = new HashMap<>();
    pod.spec().volumes().forEach(volume -> volumes.put(volume.name(), volume));
    int ordinal = ordinal(pod);
    for (PersistentVolumeClaim template : templates) {
      Volume volume = volumes.get(template.name());
      PersistentVolumeClaimVolumeSource source =
          volume == null ? null : volume.persistentVolumeClaim();
      if (source == null
          || !source.claimName().equals(StatefulClaims.name(set, template, ordinal))) {
        return false;
      }
    }
    return true;
  }

  /** A pod as it must be found: with the labels and the volumes of its number. */
  static Pod identified(StatefulSet set, Pod pod) {
    int ordinal = ordinal(pod);
    Pod changed = pod;
    if (!hasIdentity(pod)) {
      changed =
          changed.withMetadata(
              ObjectMetaBuilder.builder(pod.metadata())
                  .labels(
                      ImmutableMap.<String, String>builder()
                          .putAll(pod.metadata().labels())
                          .put(POD_NAME, pod.name())
                          .put(POD_INDEX, Integer.toString(ordinal))
                          .buildKeepingLast())
                  .build());
    }
    if (!hasStorage(set, pod)) {
      changed =
          changed.withSpec(
              PodSpecBuilder.builder(pod.spec())
                  .volumes(volumes(set, pod.spec().volumes(), ordinal))
                  .build());
    }
    return changed;
  }
}
