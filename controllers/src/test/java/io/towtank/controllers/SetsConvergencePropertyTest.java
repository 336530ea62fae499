package io.towtank.controllers;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.DaemonSet;
import io.towtank.api.DaemonSetSpecBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.PodTemplateSpecBuilder;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetSpecBuilder;
import io.towtank.controllers.daemonset.DaemonSetController;
import io.towtank.controllers.garbagecollector.GarbageCollector;
import io.towtank.controllers.statefulset.StatefulSetController;
import io.towtank.controllers.statefulset.StatefulSetOptions;
import io.towtank.store.ApiException;
import io.towtank.store.ApiException.Reason;
import io.towtank.store.DeleteOptions;
import io.towtank.time.StopCondition;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Users who scale, update and delete StatefulSets and DaemonSets and add and remove nodes at
 * random, pods that fail and an API that refuses now and then: once it ends, the cluster comes to
 * what was asked for.
 */
class SetsConvergencePropertyTest {
  @Test
  void convergesOnceFaultsEnd() {
    Seeds.forEach(60, this::run);
  }

  private void run(Random random) {
    boolean[] faults = {true};
    TestCluster cluster =
        new TestCluster(
                random.nextLong(),
                ConvergencePropertyTest.profile(random),
                request -> {
                  if (faults[0] && random.nextInt(12) == 0) {
                    throw new ApiException(Reason.INTERNAL_ERROR, "a fault");
                  }
                  return request.object();
                })
            .with(context ->
                new StatefulSetController(context, new StatefulSetOptions(random.nextBoolean())))
            .with(DaemonSetController::new)
            .with(GarbageCollector::new)
            .start();
    cluster.startNanos = random.nextInt(3) * TestCluster.SECOND;
    cluster.stopNanos = random.nextInt(3) * TestCluster.SECOND;
    cluster.healthy = pod -> !faults[0] || random.nextInt(4) != 0;
    for (int step = 0; step < 60; step++) {
      try {
        act(random, cluster);
      } catch (ApiException | IllegalArgumentException e) {
        // The user is told, and goes on.
      }
      cluster.simulation.run(
          new StopCondition.Time(
              cluster.simulation.nanos() + random.nextLong(3 * TestCluster.SECOND)));
    }
    faults[0] = false;
    // Pods that started badly recover, and the rest is up to the controllers.
    for (int i = 0; i < 8; i++) {
      cluster.settle();
      for (Pod pod : cluster.activePods()) {
        if (pod.nodeName() != null) {
          cluster.setReady(cluster.get(Kinds.POD, pod.name()), true);
        }
      }
    }
    cluster.settle();
    int wanted = checkStatefulSet(cluster) + checkDaemonSet(cluster);
    assertThat(cluster.activePods()).hasSize(wanted);
  }

  private static void act(Random random, TestCluster cluster) {
    List<Pod> pods = cluster.store.list(Kinds.POD);
    Pod pod = pods.isEmpty() ? null : pods.get(random.nextInt(pods.size()));
    String node = "n" + random.nextInt(6);
    switch (random.nextInt(10)) {
      case 0 -> {
        if (cluster.store.get(Kinds.NODE, null, node) == null) {
          cluster.create(
              "{'apiVersion': 'v1', 'kind': 'Node', 'metadata': {'name': '%s'}}".formatted(node));
        } else if (cluster.activePods().stream().noneMatch(p -> node.equals(p.nodeName()))) {
          // Pods of nodes that are gone are the pod garbage collector's.
          cluster.delete(Kinds.NODE, node, DeleteOptions.DEFAULT);
        }
      }
      case 1, 2 -> {
        if (pod != null && !pod.status().phase().isTerminal()) {
          cluster.end(pod, random.nextBoolean() ? PodPhase.FAILED : PodPhase.SUCCEEDED);
        }
      }
      case 3 -> {
        if (pod != null) {
          cluster.delete(Kinds.POD, pod.name(), DeleteOptions.DEFAULT);
        }
      }
      case 4 -> {
        if (pod != null && !pod.status().phase().isTerminal() && pod.nodeName() != null) {
          cluster.setReady(pod, random.nextBoolean());
        }
      }
      case 5, 6 -> statefulSet(random, cluster);
      case 7, 8 -> daemonSet(random, cluster);
      default -> {
        if (random.nextInt(4) == 0) {
          if (random.nextBoolean()) {
            cluster.delete(Kinds.STATEFUL_SET, "s", DeleteOptions.DEFAULT);
          } else {
            cluster.delete(Kinds.DAEMON_SET, "s", DeleteOptions.DEFAULT);
          }
        }
      }
    }
  }

  private static PodTemplateSpec template(Random random) {
    StatefulSet set =
        (StatefulSet)
            TestCluster.read(TestCluster.statefulSet("s", 1, "app:" + random.nextInt(4), ""));
    return set.spec().template();
  }

  private static void statefulSet(Random random, TestCluster cluster) {
    if (cluster.store.get(Kinds.STATEFUL_SET, "default", "s") == null) {
      cluster.create(
          TestCluster.statefulSet(
              "s",
              random.nextInt(6),
              "app:" + random.nextInt(4),
              (random.nextBoolean() ? "'podManagementPolicy': 'Parallel'," : "")
                  + (random.nextInt(3) == 0 ? "'minReadySeconds': 2," : "")
                  + "'updateStrategy': {'type': 'RollingUpdate', 'rollingUpdate':"
                  + " {'partition': 0, 'maxUnavailable': %d}},".formatted(1 + random.nextInt(3))));
    } else if (random.nextBoolean()) {
      cluster.change(
          Kinds.STATEFUL_SET,
          "s",
          s ->
              s.withSpec(
                  StatefulSetSpecBuilder.builder(s.spec()).replicas(random.nextInt(6)).build()));
    } else {
      cluster.change(
          Kinds.STATEFUL_SET,
          "s",
          s ->
              s.withSpec(
                  StatefulSetSpecBuilder.builder(s.spec()).template(template(random)).build()));
    }
  }

  private static void daemonSet(Random random, TestCluster cluster) {
    DaemonSet set = cluster.store.get(Kinds.DAEMON_SET, "default", "s");
    if (set == null) {
      int surge = random.nextInt(3);
      cluster.create(
          """
          {'apiVersion': 'apps/v1', 'kind': 'DaemonSet',
           'metadata': {'name': 's', 'namespace': 'default'},
           'spec': {'selector': {'matchLabels': {'app': 'd'}}, 'minReadySeconds': %d,
            'updateStrategy': {'type': 'RollingUpdate',
             'rollingUpdate': {'maxSurge': %d, 'maxUnavailable': %d}},
            'template': {'metadata': {'labels': {'app': 'd'}},
             'spec': {'containers': [{'name': 'c', 'image': 'app:0'}]}}}}
          """
              .formatted(random.nextInt(2), surge, surge == 0 ? 1 + random.nextInt(2) : 0));
    } else {
      PodTemplateSpec other = template(random);
      cluster.change(
          Kinds.DAEMON_SET,
          "s",
          d ->
              d.withSpec(
                  DaemonSetSpecBuilder.builder(d.spec())
                      .template(
                          PodTemplateSpecBuilder.builder(d.spec().template())
                              .spec(other.spec())
                              .build())
                      .build()));
    }
  }

  private static int checkStatefulSet(TestCluster cluster) {
    StatefulSet set = cluster.store.get(Kinds.STATEFUL_SET, "default", "s");
    if (set == null) {
      return 0;
    }
    int wanted = Objects.requireNonNull(set.spec().replicas());
    assertThat(
            List.of(
                set.status().replicas(),
                set.status().currentReplicas(),
                set.status().updatedReplicas(),
                set.status().availableReplicas()))
        .as("StatefulSet")
        .containsExactly(wanted, wanted, wanted, wanted);
    for (int i = 0; i < wanted; i++) {
      assertThat(cluster.get(Kinds.POD, "s-" + i).spec().containers().getFirst().image())
          .isEqualTo(set.spec().template().spec().containers().getFirst().image());
    }
    return wanted;
  }

  private static int checkDaemonSet(TestCluster cluster) {
    DaemonSet set = cluster.store.get(Kinds.DAEMON_SET, "default", "s");
    if (set == null) {
      return 0;
    }
    List<String> nodes = cluster.store.list(Kinds.NODE).stream().map(Node::name).toList();
    int wanted = nodes.size();
    assertThat(
            List.of(
                set.status().desiredNumberScheduled(),
                set.status().currentNumberScheduled(),
                set.status().numberMisscheduled(),
                set.status().updatedNumberScheduled(),
                set.status().numberAvailable()))
        .as("DaemonSet")
        .containsExactly(wanted, wanted, 0, wanted, wanted);
    assertThat(
            cluster.activePods().stream()
                .filter(pod -> "d".equals(pod.metadata().labels().get("app")))
                .map(Pod::nodeName))
        .containsExactlyInAnyOrderElementsOf(nodes);
    return wanted;
  }
}
