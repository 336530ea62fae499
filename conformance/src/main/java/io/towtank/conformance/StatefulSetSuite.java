package io.towtank.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Container;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimVolumeSource;
import io.towtank.api.Pod;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.PodTemplateSpecBuilder;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetStatus;
import io.towtank.api.Volume;
import io.towtank.codec.ObjectCodec;
import io.towtank.controllers.statefulset.StatefulSetAction;
import io.towtank.controllers.statefulset.StatefulSetOptions;
import io.towtank.controllers.statefulset.StatefulSetSync;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** One sync of a StatefulSet: pods created and deleted, claims created, and the status. */
final class StatefulSetSuite {
  private StatefulSetSuite() {}

  static Suite suite() {
    return new OutcomeSuite(
        ImmutableSet.of("statefulSet", "pods", "templates", "now"),
        document -> ControllerCases.name("StatefulSet", document),
        StatefulSetSuite::outcome);
  }

  private static ObjectNode outcome(JsonNode document) {
    StatefulSet set = ControllerCases.object(Kinds.STATEFUL_SET, document.path("statefulSet"));
    List<Pod> pods = ControllerCases.objects(Kinds.POD, document.path("pods"));
    Map<ObjectKey, PersistentVolumeClaim> claims = claims(pods);
    StatefulSetSync.Decision decision =
        StatefulSetSync.decide(
            set,
            target(set, String.valueOf(set.status().currentRevision()), document.path("templates")),
            target(set, String.valueOf(set.status().updateRevision()), document.path("templates")),
            pods,
            claims::get,
            StatefulSetOptions.DEFAULT,
            0,
            ControllerCases.now(document));
    List<String> actions = new ArrayList<>();
    TreeSet<String> created = new TreeSet<>();
    for (StatefulSetAction action : decision.actions()) {
      switch (action) {
        case StatefulSetAction.CreatePod create -> {
          actions.add(
              "create %s %s %s"
                  .formatted(create.pod().name(), create.revision(), image(create.pod())));
          add(created, create.claims());
        }
        case StatefulSetAction.CreateClaims create -> add(created, create.claims());
        case StatefulSetAction.UpdatePod update -> {
          actions.add("update " + update.pod().name());
          add(created, update.claims());
        }
        case StatefulSetAction.UpdateClaim update -> actions.add("update " + update.claim().name());
        case StatefulSetAction.DeletePod delete ->
            actions.add("delete pods " + delete.pod().name());
        case StatefulSetAction.WaitForClaim wait -> {}
      }
    }
    if (Objects.equals(set.spec().podManagementPolicy(), "Parallel")) {
      Collections.sort(actions);
    }
    ObjectNode outcome = ControllerCases.object();
    ControllerCases.put(outcome, "actions", actions);
    ControllerCases.put(outcome, "claimsCreated", created);
    StatefulSetStatus status = StatefulSetSync.toWrite(set, decision.status());
    if (status == null) {
      return outcome.putNull("status");
    }
    outcome
        .putObject("status")
        .put("observedGeneration", status.observedGeneration())
        .put("replicas", status.replicas())
        .put("readyReplicas", status.readyReplicas())
        .put("availableReplicas", status.availableReplicas())
        .put("currentReplicas", status.currentReplicas())
        .put("updatedReplicas", status.updatedReplicas())
        .put("currentRevision", status.currentRevision())
        .put("updateRevision", status.updateRevision());
    return outcome;
  }

  private static StatefulSetSync.Target target(
      StatefulSet set, String revision, JsonNode templates) {
    PodTemplateSpec template = set.spec().template();
    Container container = template.spec().containers().getFirst();
    ObjectNode other = ObjectCodec.writePart(container);
    other.set("image", templates.path(revision));
    return new StatefulSetSync.Target(
        revision,
        PodTemplateSpecBuilder.builder(template)
            .spec(
                PodSpecBuilder.builder(template.spec())
                    .containers(ImmutableList.of(ObjectCodec.readPart(Container.class, other)))
                    .build())
            .build());
  }

  /** The claims of the pods that there are exist. */
  private static Map<ObjectKey, PersistentVolumeClaim> claims(Collection<Pod> pods) {
    Map<ObjectKey, PersistentVolumeClaim> claims = new HashMap<>();
    for (Pod pod : pods) {
      for (Volume volume : pod.spec().volumes()) {
        PersistentVolumeClaimVolumeSource source = volume.persistentVolumeClaim();
        if (source != null) {
          JsonNode document =
              ControllerCases.object()
                  .put("apiVersion", "v1")
                  .put("kind", "PersistentVolumeClaim")
                  .set(
                      "metadata",
                      ControllerCases.object()
                          .put("name", source.claimName())
                          .put("namespace", pod.metadata().namespace()));
          PersistentVolumeClaim claim = ObjectCodec.read(Kinds.PERSISTENT_VOLUME_CLAIM, document);
          claims.put(ObjectKey.of(claim), claim);
        }
      }
    }
    return claims;
  }

  private static String image(Pod pod) {
    return String.valueOf(pod.spec().containers().getFirst().image());
  }

  private static void add(Collection<String> names, Collection<PersistentVolumeClaim> claims) {
    claims.forEach(claim -> names.add(claim.name()));
  }
}
