package io.towtank.controllers.replicaset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetStatus;
import io.towtank.api.Timestamps;
import io.towtank.codec.ObjectCodec;
import io.towtank.controllers.Golden;
import io.towtank.controllers.workload.ControllerRefs;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The decisions against 300 syncs of the real ReplicaSet controller. */
class GoldenReplicaSetsTest {
  @Test
  void agreesInEveryLine() {
    int lines = 0;
    int agree = 0;
    StringBuilder differences = new StringBuilder();
    for (JsonNode line : Golden.read("replicasets")) {
      lines++;
      Outcome expected = expected(line);
      Outcome actual = actual(line);
      if (expected.equals(actual)) {
        agree++;
      } else if (lines - agree <= 3) {
        differences.append(
            "line %d\n  expected %s\n  actual   %s\n".formatted(lines, expected, actual));
      }
    }
    assertThat(agree).as("agreeing of %d\n%s", lines, differences).isEqualTo(lines);
    assertThat(lines).isEqualTo(300);
  }

  private record Outcome(
      int created, Set<String> deleted, Set<String> adopted, List<Long> status) {}

  private static Outcome expected(JsonNode line) {
    JsonNode status = line.get("status");
    return new Outcome(
        line.get("created").intValue(),
        names(line.get("deleted")),
        names(line.get("adopted")),
        status.isNull()
            ? List.of()
            : List.of(
                status.path("replicas").longValue(),
                status.path("fullyLabeledReplicas").longValue(),
                status.path("readyReplicas").longValue(),
                status.path("availableReplicas").longValue(),
                status.path("observedGeneration").longValue()));
  }

  private static Set<String> names(JsonNode list) {
    Set<String> names = new TreeSet<>();
    list.forEach(name -> names.add(name.textValue()));
    return names;
  }

  private static Outcome actual(JsonNode line) {
    ReplicaSet set = ObjectCodec.read(Kinds.REPLICA_SET, line.get("replicaSet"));
    long now = Timestamps.parse(line.get("now").textValue());
    OwnedPods owned = new OwnedPods();
    owned.configure(set);
    List<Pod> orphans = new ArrayList<>();
    for (Pod pod : Golden.objects(Kinds.POD, line.get("pods"))) {
      if (ControllerRefs.isControlledBy(pod.metadata(), ControllerRefs.uid(set))) {
        owned.put(pod);
      } else if (ControllerRefs.of(pod.metadata()) == null) {
        orphans.add(pod);
      }
    }
    Set<String> adopted = new TreeSet<>();
    List<Pod> active = new ArrayList<>(owned.selected());
    PodCounts counts = owned.counts(now);
    for (ReplicaSetAction claim : ReplicaSetSync.claim(set, owned.unselected(), orphans)) {
      if (claim instanceof ReplicaSetAction.Adopt(Pod pod)) {
        adopted.add(pod.name());
        active.add(pod);
        counts = counts.plus(pod, owned.templateLabels(), ReplicaSetSync.minReadySeconds(set), now);
      }
    }
    ReplicaSetAction action =
        ReplicaSetSync.scale(
            set, counts.active(), () -> ImmutableList.copyOf(active), () -> node -> 0, now);
    int created = 0;
    Set<String> deleted = new TreeSet<>();
    if (action instanceof ReplicaSetAction.Create(int count)) {
      created = count;
    } else if (action instanceof ReplicaSetAction.Delete(ImmutableList<Pod> pods)) {
      pods.forEach(pod -> deleted.add(pod.name()));
    }
    ReplicaSetStatus status =
        ReplicaSetSync.toWrite(set, ReplicaSetSync.status(set, counts, null, now));
    return new Outcome(
        created,
        deleted,
        adopted,
        status == null
            ? List.of()
            : List.of(
                (long) status.replicas(),
                (long) status.fullyLabeledReplicas(),
                (long) status.readyReplicas(),
                (long) status.availableReplicas(),
                status.observedGeneration()));
  }
}
