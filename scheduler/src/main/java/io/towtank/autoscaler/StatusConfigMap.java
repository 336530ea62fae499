package io.towtank.autoscaler;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.environment.Configuration;
import io.towtank.store.ApiException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code kube-system/cluster-autoscaler-status}, in which the autoscaler tells how the cluster and
 * its groups are doing (clusterstate/utils/status.go, clusterstate/api/types.go).
 *
 * <p>The real one writes it in each scan. This one writes where anything but the time has changed,
 * so that {@code lastProbeTime} is the time of the last change.
 */
final class StatusConfigMap {
  static final ObjectKey KEY = new ObjectKey("kube-system", "cluster-autoscaler-status");
  private static final String UPDATED = "cluster-autoscaler.kubernetes.io/last-updated";

  /** What becomes of a group, or of all, as {@code scaleUp} says it. */
  enum ScaleUp {
    IN_PROGRESS("InProgress"),
    UNHEALTHY("Unhealthy"),
    BACKOFF("Backoff"),
    NO_ACTIVITY("NoActivity");

    private final String text;

    ScaleUp(String text) {
      this.text = text;
    }
  }

  /**
   * How a group, or the cluster, is doing.
   *
   * @param group null for the cluster
   * @param target how many machines it should have
   * @param backoff why it is left alone for a while, null where it is not
   * @param candidates how many of its nodes could go
   */
  record Part(
      @Nullable NodeGroup group,
      boolean healthy,
      Readiness.Counts counts,
      int target,
      ScaleUp scaleUp,
      @Nullable String backoff,
      int candidates) {}

  /** Since when something says what it says. */
  private record Said(String status, long sinceNanos) {}

  private final ApiClient client;
  private final Map<String, Said> said = new HashMap<>();
  private ImmutableList<Part> written = ImmutableList.of();

  StatusConfigMap(ApiClient client) {
    this.client = client;
  }

  /**
   * Writes, if there is anything new.
   *
   * @param parts the cluster, then its groups
   * @param epochNanos the time, in nanoseconds since 1970
   */
  void write(ImmutableList<Part> parts, long epochNanos) {
    if (parts.equals(written)) {
      return;
    }
    written = parts;
    String time = Timestamps.format(epochNanos).replace('T', ' ').replace("Z", " +0000 UTC");
    String text = text(parts, time, epochNanos);
    client.patch(
        Configuration.CONFIG_MAP,
        KEY,
        stored -> with(stored, text, time),
        (stored, error) -> {
          if (error != null && error.reason() == ApiException.Reason.NOT_FOUND) {
            client.create(with(EMPTY, text, time), (created, problem) -> {});
          }
        });
  }

  private static final GenericObject EMPTY =
      new GenericObject(
          Configuration.CONFIG_MAP,
          ObjectMetaBuilder.builder()
              .name(KEY.name())
              .namespace(KEY.namespace())
              .creationTimestamp(Timestamps.NONE)
              .deletionTimestamp(Timestamps.NONE)
              .build(),
          0,
          Fields.NONE);

  private static GenericObject with(GenericObject map, String text, String time) {
    return map.withMetadata(
            ObjectMetaBuilder.builder(map.metadata())
                .annotations(ImmutableMap.of(UPDATED, time))
                .build())
        .with("data", JsonNodeFactory.instance.objectNode().put("status", text));
  }

  private String text(ImmutableList<Part> parts, String time, long epochNanos) {
    StringBuilder text = new StringBuilder();
    text.append("time: ").append(time).append("\nautoscalerStatus: Running\nclusterWide:\n");
    part(text, "  ", "", parts.get(0), epochNanos);
    text.append(parts.size() > 1 ? "nodeGroups:\n" : "nodeGroups: []\n");
    for (Part part : parts.subList(1, parts.size())) {
      String name = part.group == null ? "" : part.group.name();
      text.append("- name: ").append(name).append('\n');
      part(text, "  ", name, part, epochNanos);
    }
    return text.toString();
  }

  private void part(StringBuilder text, String indent, String name, Part part, long epochNanos) {
    String in = indent + "  ";
    Readiness.Counts counts = part.counts;
    text.append(indent).append("health:\n");
    String health = part.healthy ? "Healthy" : "Unhealthy";
    line(text, in, "status", health);
    text.append(in).append("nodeCounts:\n");
    text.append(in).append("  registered:\n");
    line(text, in + "    ", "total", counts.registered());
    line(text, in + "    ", "ready", counts.ready());
    line(text, in + "    ", "notStarted", counts.notStarted());
    if (counts.beingDeleted() > 0) {
      line(text, in + "    ", "beingDeleted", counts.beingDeleted());
    }
    text.append(in).append("    unready:\n");
    line(text, in + "      ", "total", counts.unready());
    line(text, in + "      ", "resourceUnready", 0);
    // Machines that do not come in time are given back.
    line(text, in + "  ", "longUnregistered", 0);
    line(text, in + "  ", "unregistered", counts.unregistered());
    if (part.group != null) {
      line(text, in, "cloudProviderTarget", part.target);
      line(text, in, "minSize", part.group.minSize());
      line(text, in, "maxSize", part.group.maxSize());
    }
    times(text, in, name + "/health", health, epochNanos);
    text.append(indent).append("scaleUp:\n");
    line(text, in, "status", part.scaleUp.text);
    if (part.backoff != null) {
      text.append(in).append("backoffInfo:\n");
      line(text, in + "  ", "errorCode", "timeout");
      line(text, in + "  ", "errorMessage", part.backoff);
    }
    times(text, in, name + "/scaleUp", part.scaleUp.text, epochNanos);
    text.append(indent).append("scaleDown:\n");
    String scaleDown = part.candidates > 0 ? "CandidatesPresent" : "NoCandidates";
    line(text, in, "status", scaleDown);
    if (part.candidates > 0) {
      line(text, in, "candidates", part.candidates);
    }
    times(text, in, name + "/scaleDown", scaleDown, epochNanos);
  }

  private void times(StringBuilder text, String in, String what, String status, long epochNanos) {
    Said before = said.get(what);
    Said now =
        before != null && before.status.equals(status) ? before : new Said(status, epochNanos);
    said.put(what, now);
    line(text, in, "lastProbeTime", '"' + Timestamps.format(epochNanos) + '"');
    line(text, in, "lastTransitionTime", '"' + Timestamps.format(now.sinceNanos) + '"');
  }

  private static void line(StringBuilder text, String indent, String name, Object value) {
    text.append(indent).append(name).append(": ").append(value).append('\n');
  }
}
