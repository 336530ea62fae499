package io.towtank.node;

import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.requesting;
import static io.towtank.node.TestCluster.spec;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.ContainerPort;
import io.towtank.api.ContainerState;
import io.towtank.api.Fields;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodReadinessGate;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatus;
import io.towtank.api.Probe;
import io.towtank.api.ProbeBuilder;
import io.towtank.api.Timestamps;
import io.towtank.latency.LatencyProfile;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a pod's status tells, and when, from its binding to its end. In these tests a sandbox takes
 * 2 s, a pull 1 s and 10 s for the image's 100 MB, a start 3 s, the way to readiness 4 s, and a
 * stop 5 s; each line is a write.
 */
class PodLifeTest {
  private final TestCluster cluster = TestCluster.of(TestCluster.fixed());

  private void writes(String... lines) {
    assertThat(cluster.log).containsExactly(lines);
  }

  private static PodSpec with(PodSpec spec, String restartPolicy) {
    return PodSpecBuilder.builder(spec).restartPolicy(restartPolicy).build();
  }

  private static Probe probe(int delay, int period, int successes) {
    return ProbeBuilder.builder()
        .initialDelaySeconds(delay)
        .periodSeconds(period)
        .successThreshold(successes)
        .build();
  }

  @Test
  void aPodStartsRunsAndIsDeleted() {
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    cluster.delete("web");
    cluster.untilIdle();
    writes(
        "0.000 web Pending app:ContainerCreating [IP]",
        "16.000 web Running app:running! [SIRCP]",
        "65.000 web Succeeded app:Completed(0) [IP]",
        "65.000 web deleted");
  }

  @Test
  void whatTakesNoTimeIsWrittenOnce() {
    TestCluster instant = TestCluster.of(LatencyProfile.INSTANT);
    instant.nodes(1);
    instant.run("web", "node-00000", spec(container("app", "nginx")));
    instant.untilIdle();
    assertThat(instant.log).containsExactly("0.000 web Running app:running! [SIRCP]");
  }

  @Test
  void aRunningPodTellsAllThatKubectlShows() {
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(requesting("1", "1Gi")));
    cluster.untilIdle();
    PodStatus status = cluster.pod("web").status();
    assertThat(status.hostIP()).isEqualTo("172.16.0.1");
    assertThat(status.podIP()).isEqualTo("10.0.0.2");
    assertThat(Timestamps.format(status.startTime())).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(status.qosClass()).isEqualTo("Burstable");
    assertThat(status.conditions())
        .extracting(PodCondition::type, c -> Timestamps.format(c.lastTransitionTime()))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "PodReadyToStartContainers", "2026-01-01T00:00:16Z"),
            org.assertj.core.groups.Tuple.tuple("Initialized", "2026-01-01T00:00:00Z"),
            org.assertj.core.groups.Tuple.tuple("Ready", "2026-01-01T00:00:16Z"),
            org.assertj.core.groups.Tuple.tuple("ContainersReady", "2026-01-01T00:00:16Z"),
            org.assertj.core.groups.Tuple.tuple("PodScheduled", "2026-01-01T00:00:00Z"));
  }

  @Test
  void anUnreadyPodSaysWhichContainersItWaitsFor() {
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx"), container("log", "fluentd")));
    cluster.until(5);
    PodCondition ready = requireNonNull(cluster.pod("web").status().condition("Ready"));
    assertThat(ready.reason()).isEqualTo("ContainersNotReady");
    assertThat(ready.message()).isEqualTo("containers with unready status: [app log]");
  }

  @Test
  void containersAreStartedOneAfterAnotherAndToldTogether() {
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx"), container("log", "fluentd")));
    cluster.untilIdle();
    // 2 + (1 + 10 + 3) for each
    writes(
        "0.000 web Pending app:ContainerCreating log:ContainerCreating [IP]",
        "30.000 web Running app:running! log:running! [SIRCP]");
  }

  @Test
  void anImageIsPulledOncePerNodeAndOneAfterAnother() {
    cluster.nodes(2);
    cluster.run("a", "node-00000", spec(container("app", "nginx")));
    cluster.run("b", "node-00000", spec(container("app", "redis")));
    cluster.run("c", "node-00000", spec(container("app", "nginx")));
    cluster.run("d", "node-00001", spec(container("app", "nginx")));
    cluster.until(60);
    cluster.run("e", "node-00000", spec(container("app", "nginx:latest")));
    cluster.untilIdle();
    assertThat(cluster.log)
        .filteredOn(line -> line.contains("Running"))
        .containsExactly(
            "16.000 a Running app:running! [SIRCP]",
            "16.000 d Running app:running! [SIRCP]",
            "27.000 b Running app:running! [SIRCP]",
            // Its pull waits for those before it, and then finds the image there.
            "28.000 c Running app:running! [SIRCP]",
            "65.000 e Running app:running! [SIRCP]");
  }

  @Test
  void pullPolicyAlwaysAsksTheRegistryEachTime() {
    Container always =
        ContainerBuilder.builder(container("app", "nginx")).imagePullPolicy("Always").build();
    cluster.nodes(1);
    cluster.run("a", "node-00000", spec(always));
    cluster.until(60);
    cluster.run("b", "node-00000", spec(always));
    cluster.untilIdle();
    assertThat(cluster.log).contains("66.000 b Running app:running! [SIRCP]");
  }

  @Test
  void pullPolicyNeverWaitsForSomeoneElseToBringTheImage() {
    Container never =
        ContainerBuilder.builder(container("app", "nginx")).imagePullPolicy("Never").build();
    cluster.nodes(1);
    cluster.run("a", "node-00000", spec(never));
    cluster.until(10);
    cluster.run("b", "node-00000", spec(container("app", "nginx")));
    cluster.until(100);
    assertThat(cluster.log)
        .containsSubsequence(
            "2.000 a Pending app:ErrImageNeverPull [SIP]", "29.787 a Running app:running! [SIRCP]");
  }

  @Test
  void initContainersRunOneByOne() {
    PodSpec spec =
        PodSpecBuilder.builder(spec(container("app", "nginx")))
            .initContainers(
                ImmutableList.of(container("first", "nginx"), container("second", "nginx")))
            .build();
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec, ImmutableMap.of(AnnotatedBehaviour.INIT_RUN_FOR, "20s"));
    cluster.untilIdle();
    writes(
        "0.000 web Pending first:PodInitializing second:PodInitializing app:PodInitializing [P]",
        "16.000 web Pending first:running second:PodInitializing app:PodInitializing [SP]",
        "36.000 web Pending first:Completed(0)! second:PodInitializing app:PodInitializing [SP]",
        "39.000 web Pending first:Completed(0)! second:running app:PodInitializing [SP]",
        "59.000 web Pending first:Completed(0)! second:Completed(0)! app:PodInitializing [SIP]",
        "62.000 web Running first:Completed(0)! second:Completed(0)! app:running! [SIRCP]");
  }

  @Test
  void aSidecarStartsBeforeAndStopsAfterTheOthers() {
    Container sidecar =
        ContainerBuilder.builder(container("proxy", "nginx")).restartPolicy("Always").build();
    PodSpec spec =
        PodSpecBuilder.builder(spec(container("app", "nginx")))
            .initContainers(ImmutableList.of(sidecar))
            .restartPolicy("Never")
            .build();
    cluster.nodes(1);
    cluster.run("job", "node-00000", spec, ImmutableMap.of(AnnotatedBehaviour.RUN_FOR, "30s"));
    cluster.untilIdle();
    writes(
        "0.000 job Pending proxy:PodInitializing app:PodInitializing [P]",
        "16.000 job Pending proxy:running! app:PodInitializing [SIP]",
        "19.000 job Running proxy:running! app:running! [SIRCP]",
        "49.000 job Running proxy:running! app:Completed(0) [SIP]",
        "54.000 job Succeeded proxy:Completed(0) app:Completed(0) [IP]");
  }

  @Test
  void aFailedInitContainerFailsAPodThatIsNotRestarted() {
    PodSpec spec =
        PodSpecBuilder.builder(with(spec(container("app", "nginx")), "Never"))
            .initContainers(ImmutableList.of(container("init", "nginx")))
            .build();
    TestCluster failing =
        new TestCluster(
            TestCluster.fixed(),
            (pod, container, init, attempt, random) -> ContainerRun.of(0, init ? 3 : 0),
            ImageSizes.DEFAULT,
            1);
    failing.nodes(1);
    failing.run("web", "node-00000", spec);
    failing.untilIdle();
    assertThat(failing.log).contains("16.000 web Failed init:Error(3) app:PodInitializing [P]");
  }

  @Test
  void readinessIsAskedForPeriodByPeriod() {
    cluster.nodes(1);
    record Row(String name, Probe probe, String readyAt) {}
    // The process runs after 5 s (the image is there) and is willing after 4 more.
    List<Row> rows =
        List.of(
            new Row("every-10-s", probe(0, 10, 1), "115.000"),
            new Row("every-2-s", probe(0, 2, 1), "109.000"),
            new Row("after-30-s", probe(30, 7, 1), "140.000"),
            new Row("three-times", probe(0, 2, 3), "113.000"),
            new Row("default", ProbeBuilder.builder().build(), "115.000"));
    cluster.run("first", "node-00000", spec(container("app", "nginx")));
    cluster.until(100);
    for (Row row : rows) {
      Container app =
          ContainerBuilder.builder(container("app", "nginx")).readinessProbe(row.probe).build();
      cluster.run(row.name, "node-00000", spec(app));
    }
    cluster.untilIdle();
    for (Row row : rows) {
      assertThat(cluster.log)
          .filteredOn(line -> line.contains(row.name) && line.contains("Running"))
          .containsExactly(
              "105.000 " + row.name + " Running app:running [SIP]",
              row.readyAt + " " + row.name + " Running app:running! [SIRCP]");
    }
  }

  @Test
  void aStartupProbeThatFailsTooOftenKills() {
    Container app =
        ContainerBuilder.builder(container("app", "nginx"))
            .startupProbe(ProbeBuilder.builder().periodSeconds(1).failureThreshold(3).build())
            .readinessProbe(probe(0, 1, 1))
            .build();
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(app));
    cluster.until(60);
    // Runs at 16 s, would be willing at 20 s; fails at 16, 17, 18 s and stops in 5 s.
    assertThat(cluster.log)
        .containsSubsequence(
            "16.000 web Running app:running [SIP]",
            "23.000 web Running app:Error(137) [SIP]",
            "26.000 web Running app:running*1 [SIP]",
            "33.000 web Running app:CrashLoopBackOff*1 [SIP]",
            "46.000 web Running app:running*2 [SIP]");
  }

  /** It fails until 306 s, and the process ends at 36 s; nothing else is looked at until then. */
  @Test
  void aProcessMayEndBeforeItsStartupProbeHasFailed() {
    Container app =
        ContainerBuilder.builder(container("app", "nginx"))
            .startupProbe(ProbeBuilder.builder().periodSeconds(10).failureThreshold(30).build())
            .livenessProbe(probe(0, 1, 1))
            .build();
    cluster.nodes(1);
    cluster.run(
        "web",
        "node-00000",
        with(spec(app), "Never"),
        ImmutableMap.of(
            AnnotatedBehaviour.RUN_FOR,
            "20s",
            AnnotatedBehaviour.READY_AFTER,
            "1h",
            AnnotatedBehaviour.HANG_AFTER,
            "5s"));
    cluster.until(400);
    assertThat(cluster.log.getLast()).isEqualTo("36.000 web Succeeded app:Completed(0) [IP]");
  }

  @Test
  void aStartupProbeHoldsReadinessBack() {
    Container app =
        ContainerBuilder.builder(container("app", "nginx"))
            .startupProbe(ProbeBuilder.builder().periodSeconds(3).failureThreshold(30).build())
            .readinessProbe(probe(0, 10, 1))
            .build();
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(app));
    cluster.untilIdle();
    assertThat(cluster.log)
        .containsSubsequence(
            "16.000 web Running app:running [SIP]", "22.000 web Running app:running! [SIRCP]");
  }

  @Test
  void aPodThatEndsIsNotTouchedAgain() {
    cluster.nodes(1);
    PodSpec spec = with(spec(container("app", "nginx")), "Never");
    cluster.run("ok", "node-00000", spec, ImmutableMap.of(AnnotatedBehaviour.RUN_FOR, "90s"));
    cluster.until(50);
    cluster.run(
        "bad",
        "node-00000",
        spec,
        ImmutableMap.of(AnnotatedBehaviour.RUN_FOR, "1m", AnnotatedBehaviour.EXIT_CODE, "42"));
    cluster.untilIdle();
    writes(
        "0.000 ok Pending app:ContainerCreating [IP]",
        "16.000 ok Running app:running! [SIRCP]",
        "50.000 bad Pending app:ContainerCreating [IP]",
        "55.000 bad Running app:running! [SIRCP]",
        "106.000 ok Succeeded app:Completed(0) [IP]",
        "115.000 bad Failed app:Error(42) [IP]");
  }

  @Test
  void restartsComeAtOnceThenAfterABackOffThatDoubles() {
    cluster.nodes(1);
    cluster.run(
        "web",
        "node-00000",
        with(spec(container("app", "nginx")), "OnFailure"),
        ImmutableMap.of(AnnotatedBehaviour.RUN_FOR, "1s", AnnotatedBehaviour.EXIT_CODE, "1"));
    cluster.until(150);
    // Starts at 16; ends 1 s later; a start takes 3 s; back-offs of 0, 10, 20, 40 s.
    writes(
        "0.000 web Pending app:ContainerCreating [IP]",
        "16.000 web Running app:running! [SIRCP]",
        "17.000 web Running app:Error(1) [SIP]",
        "20.000 web Running app:running!*1 [SIRCP]",
        "21.000 web Running app:CrashLoopBackOff*1 [SIP]",
        "34.000 web Running app:running!*2 [SIRCP]",
        "35.000 web Running app:CrashLoopBackOff*2 [SIP]",
        "58.000 web Running app:running!*3 [SIRCP]",
        "59.000 web Running app:CrashLoopBackOff*3 [SIP]",
        "102.000 web Running app:running!*4 [SIRCP]",
        "103.000 web Running app:CrashLoopBackOff*4 [SIP]");
    ContainerState state = cluster.pod("web").status().containerStatuses().get(0).state();
    assertThat(requireNonNull(requireNonNull(state).waiting()).message())
        .startsWith("back-off 1m20s restarting failed container=app pod=web_default(");
  }

  @Test
  void aBackOffIsForgottenAfterTenMinutesOfRunning() {
    TestCluster crashing =
        new TestCluster(
            LatencyProfile.INSTANT,
            (pod, container, init, attempt, random) ->
                ContainerRun.of((attempt < 3 ? 1 : 601) * TestCluster.SECOND, 1),
            ImageSizes.DEFAULT,
            1);
    crashing.nodes(1);
    crashing.run("web", "node-00000", spec(container("app", "nginx")));
    crashing.until(1300);
    assertThat(crashing.log)
        .filteredOn(line -> line.contains("*"))
        .containsExactly(
            "1.000 web Running app:running!*1 [SIRCP]",
            "2.000 web Running app:CrashLoopBackOff*1 [SIP]",
            "12.000 web Running app:running!*2 [SIRCP]",
            "13.000 web Running app:CrashLoopBackOff*2 [SIP]",
            "33.000 web Running app:running!*3 [SIRCP]",
            "634.000 web Running app:running!*4 [SIRCP]",
            "1235.000 web Running app:running!*5 [SIRCP]");
  }

  /** A pod that just runs costs a row of a table, also where it was started again once. */
  @Test
  void aPodIsLeftToItselfWhenItsBackOffIsForgotten() {
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    PodTable table = cluster.kubelets.table();
    int row = table.find(PodTable.uid(cluster.pod("web")));
    assertThat(table.workers[row]).isNull();
    cluster.kubelets.crashContainers(cluster.pod("web"), "app", 1);
    cluster.until(90);
    cluster.kubelets.crashContainers(cluster.pod("web"), "app", 1);
    cluster.until(150);
    assertThat(cluster.pod("web").isReady()).isTrue();
    // The second time it waited until 100 s, which is forgotten ten minutes later.
    cluster.until(650);
    assertThat(table.workers[row]).isNotNull();
    cluster.until(800);
    assertThat(table.workers[row]).isNull();
  }

  @Test
  void aPodThatCrashesForEverLetsARunBeIdle() {
    TestCluster crashing =
        new TestCluster(
            LatencyProfile.INSTANT,
            (pod, container, init, attempt, random) -> ContainerRun.of(0, 1),
            ImageSizes.DEFAULT,
            1);
    crashing.nodes(1);
    crashing.run("web", "node-00000", spec(container("app", "nginx")));
    crashing.untilIdle();
    // 10 + 20 + 40 + 80 + 160 s
    assertThat(crashing.simulation.nanos()).isEqualTo(310 * TestCluster.SECOND);
  }

  @Test
  void aPodMayBeDeletedBeforeItRuns() {
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(5);
    cluster.delete("web");
    cluster.untilIdle();
    writes(
        "0.000 web Pending app:ContainerCreating [IP]",
        "5.000 web Failed app:ContainerStatusUnknown(137) [IP]",
        "5.000 web deleted");
  }

  @Test
  void aProcessThatDoesNotStopIsKilledAtTheEndOfItsGracePeriod() {
    PodSpec hasty =
        PodSpecBuilder.builder(spec(container("app", "nginx")))
            .terminationGracePeriodSeconds(3L)
            .build();
    cluster.nodes(1);
    cluster.run("web", "node-00000", hasty);
    cluster.until(60);
    cluster.delete("web");
    cluster.untilIdle();
    assertThat(cluster.log).endsWith("63.000 web Failed app:Error(137) [IP]", "63.000 web deleted");
  }

  @Test
  void aPodThatIsForcedAwayIsToldNothingAbout() {
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    cluster.forceDelete("web");
    cluster.untilIdle();
    assertThat(cluster.log).endsWith("60.000 web deleted");
    assertThat(cluster.kubelets.podsOn("node-00000")).isEmpty();
    assertThat(cluster.simulation.nanos()).isEqualTo(65 * TestCluster.SECOND);
  }

  @Test
  void aDeadlineEndsAPod() {
    PodSpec spec =
        PodSpecBuilder.builder(spec(container("app", "nginx"))).activeDeadlineSeconds(40L).build();
    cluster.nodes(1);
    cluster.run("job", "node-00000", spec);
    cluster.untilIdle();
    assertThat(cluster.log).endsWith("45.000 job Failed/DeadlineExceeded app:Completed(0) [IP]");
  }

  @Test
  void aNodeRefusesWhatItHasNoRoomFor() {
    cluster.nodes(1);
    cluster.run("big", "node-00000", spec(requesting("31", "1Gi")));
    cluster.run("cpu", "node-00000", spec(requesting("2", "1Gi")));
    cluster.run("memory", "node-00000", spec(requesting("1", "256Gi")));
    cluster.untilIdle();
    assertThat(cluster.pod("cpu").status().reason()).isEqualTo("OutOfcpu");
    assertThat(cluster.pod("cpu").status().message())
        .isEqualTo(
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 31000,"
                + " capacity: 32000");
    assertThat(cluster.log)
        .contains("0.000 cpu Failed/OutOfcpu [IP]", "0.000 memory Failed/OutOfmemory [IP]");
  }

  @Test
  void aNodeTakes110Pods() {
    cluster.nodes(1);
    for (int i = 0; i < 111; i++) {
      cluster.run("p" + i, "node-00000", spec(container("app", "nginx")));
    }
    cluster.untilIdle();
    assertThat(cluster.log).contains("0.000 p110 Failed/OutOfpods [IP]");
    assertThat(cluster.log).filteredOn(line -> line.contains("Running")).hasSize(110);
  }

  @Test
  void resourcesAreFreeWhenContainersHaveStopped() {
    cluster.nodes(1);
    cluster.run("a", "node-00000", spec(requesting("31", "1Gi")));
    cluster.until(60);
    cluster.delete("a");
    cluster.until(64);
    cluster.run("early", "node-00000", spec(requesting("31", "1Gi")));
    cluster.until(65);
    cluster.run("late", "node-00000", spec(requesting("31", "1Gi")));
    cluster.untilIdle();
    assertThat(cluster.log)
        .contains("64.000 early Failed/OutOfcpu [IP]", "70.000 late Running app:running! [SIRCP]");
  }

  @Test
  void anImageThatNobodyHasIsAskedForAgainAndAgain() {
    TestCluster missing =
        new TestCluster(
            TestCluster.fixed(),
            new AnnotatedBehaviour(),
            new ImageSizes(ImmutableMap.of("ngnix", ImageSizes.MISSING), 100_000_000),
            1);
    missing.nodes(1);
    missing.run("typo", "node-00000", spec(container("app", "ngnix"), container("log", "busybox")));
    missing.untilIdle();
    assertThat(missing.log)
        .containsExactly(
            "0.000 typo Pending app:ContainerCreating log:ContainerCreating [IP]",
            "17.000 typo Pending app:ImagePullBackOff log:running! [SIP]",
            // A sync every 10 to 15 s; the pull is tried again when 10, 20, 40, 80 s are over.
            "28.787 typo Pending app:ErrImagePull log:running! [SIP]",
            "40.493 typo Pending app:ImagePullBackOff log:running! [SIP]",
            "52.430 typo Pending app:ErrImagePull log:running! [SIP]",
            "62.627 typo Pending app:ImagePullBackOff log:running! [SIP]",
            "105.701 typo Pending app:ErrImagePull log:running! [SIP]",
            "119.312 typo Pending app:ImagePullBackOff log:running! [SIP]",
            "191.923 typo Pending app:ErrImagePull log:running! [SIP]",
            "201.963 typo Pending app:ImagePullBackOff log:running! [SIP]");
    assertThat(String.valueOf(missing.pod("typo").status().containerStatuses().get(0).state()))
        .contains("Back-off pulling image \"ngnix\": ErrImagePull: it cannot be had");
    // Every 5 min from here on, for ever, and no run waits for that.
    assertThat(missing.simulation.nanos()).isLessThan(400 * TestCluster.SECOND);
  }

  @Test
  void pullsFailWhileTheRegistryIsDown() {
    cluster.nodes(1);
    Runnable back = cluster.kubelets.failRegistry(image -> true, false);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(20);
    back.run();
    cluster.untilIdle();
    writes(
        "0.000 web Pending app:ContainerCreating [IP]",
        "3.000 web Pending app:ErrImagePull [SIP]",
        "16.008 web Pending app:ImagePullBackOff [SIP]",
        "28.787 web Pending app:ErrImagePull [SIP]",
        "40.493 web Pending app:ImagePullBackOff [SIP]",
        "54.493 web Running app:running! [SIRCP]");
  }

  @Test
  void aContainerThatHangsIsKilledByItsLivenessProbe() {
    Container app =
        ContainerBuilder.builder(container("app", "nginx"))
            .livenessProbe(probe(0, 5, 1))
            .readinessProbe(probe(0, 2, 1))
            .build();
    cluster.nodes(1);
    cluster.run(
        "web", "node-00000", spec(app), ImmutableMap.of(AnnotatedBehaviour.HANG_AFTER, "60s"));
    cluster.until(110);
    // Runs at 16 s; readiness fails at 76, 78, 80 s, liveness at 76, 81, 86 s, and it stops in 5 s.
    writes(
        "0.000 web Pending app:ContainerCreating [IP]",
        "16.000 web Running app:running [SIP]",
        "20.000 web Running app:running! [SIRCP]",
        "80.000 web Running app:running [SIP]",
        "91.000 web Running app:Error(137) [SIP]",
        "94.000 web Running app:running*1 [SIP]",
        "98.000 web Running app:running!*1 [SIRCP]");
  }

  /**
   * A process that hangs at 60 s and takes 5 s to stop; its probe, every 5 s, fails at 60, 65 and
   * 70 s: 86 s of the test.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                                | pod's grace | probe's | preStop | ends at
          it stops in its own time              | 30          |         |         | 91.000
          the pod's grace period is shorter     | 3           |         |         | 89.000
          the probe's own goes before the pod's | 600         | 4       |         | 90.000
          at least two seconds are left         | 30          | 1       |         | 88.000
          the hook runs before                  | 30          |         | 10      | 101.000
          and takes of the grace period         | 30          | 12      | 10      | 98.000
          two seconds are left after it         | 30          | 10      | 10      | 98.000
          """)
  void gracePeriodsOfProbes(
      String why, long podGrace, @Nullable Long probeGrace, @Nullable Long preStop, String end) {
    ContainerBuilder app =
        ContainerBuilder.builder(container("app", "nginx"))
            .livenessProbe(
                ProbeBuilder.builder(probe(0, 5, 1))
                    .terminationGracePeriodSeconds(probeGrace)
                    .build());
    if (preStop != null) {
      ObjectNode lifecycle = JsonNodeFactory.instance.objectNode();
      lifecycle.putObject("preStop").putObject("sleep").put("seconds", preStop);
      app.rest(Fields.NONE.with("lifecycle", lifecycle));
    }
    cluster.nodes(1);
    cluster.run(
        "web",
        "node-00000",
        PodSpecBuilder.builder(spec(app.build())).terminationGracePeriodSeconds(podGrace).build(),
        ImmutableMap.of(AnnotatedBehaviour.HANG_AFTER, "60s"));
    cluster.until(102);
    assertThat(cluster.log)
        .as(why)
        .anyMatch(line -> line.startsWith(end + " web Running app:Error"));
  }

  /** KEP-580: others have a say in whether a pod is ready. */
  @Test
  void readinessGatesHoldAPodBackUntilOthersSayThatItIsReady() {
    PodSpec gated =
        PodSpecBuilder.builder(spec(container("app", "nginx")))
            .readinessGates(
                ImmutableList.of(new PodReadinessGate("example.com/registered", Fields.NONE)))
            .build();
    cluster.nodes(1);
    cluster.run("web", "node-00000", gated);
    cluster.untilIdle();
    PodCondition ready = requireNonNull(cluster.pod("web").status().condition("Ready"));
    assertThat(ready.reason()).isEqualTo("ReadinessGatesNotReady");
    assertThat(ready.message())
        .isEqualTo(
            "corresponding condition of pod readiness gate \"example.com/registered\" does not"
                + " exist.");
    assertThat(requireNonNull(cluster.pod("web").status().condition("ContainersReady")).status())
        .isEqualTo(ConditionStatus.TRUE);
    say(ConditionStatus.FALSE);
    assertThat(requireNonNull(cluster.pod("web").status().condition("Ready")).message())
        .isEqualTo(
            "the status of pod readiness gate \"example.com/registered\" is not \"True\", but"
                + " False");
    say(ConditionStatus.TRUE);
    assertThat(requireNonNull(cluster.pod("web").status().condition("Ready")).status())
        .isEqualTo(ConditionStatus.TRUE);
  }

  private void say(ConditionStatus registered) {
    cluster.store.updateStatus(
        cluster
            .pod("web")
            .withStatus(
                cluster
                    .pod("web")
                    .status()
                    .withCondition(
                        new PodCondition(
                            "example.com/registered",
                            registered,
                            Timestamps.NONE,
                            TestCluster.START,
                            null,
                            null,
                            Fields.NONE))));
    cluster.untilIdle();
  }

  /** kubelet: AdmissionCheck, for pods that no scheduler has placed. */
  @Test
  void aPodIsRefusedWhoseNodesPortsAreTaken() {
    cluster.nodes(1);
    for (String name : ImmutableList.of("first", "second", "third")) {
      cluster.run(
          name,
          "node-00000",
          spec(
              ContainerBuilder.builder(container("app", "nginx"))
                  .ports(
                      ImmutableList.of(
                          new ContainerPort(
                              null, name.equals("third") ? 81 : 80, 80, "TCP", null, Fields.NONE)))
                  .build()));
    }
    cluster.until(60);
    assertThat(cluster.pod("first").status().phase()).isEqualTo(PodPhase.RUNNING);
    assertThat(cluster.pod("third").status().phase()).isEqualTo(PodPhase.RUNNING);
    assertThat(cluster.pod("second").status().reason()).isEqualTo("NodePorts");
    assertThat(cluster.pod("second").status().message())
        .isEqualTo(
            "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the"
                + " requested pod ports");
  }

  @Test
  void anImageThatCannotBeCalledSoIsNotPulled() {
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "Nginx"), container("log", "log")));
    cluster.until(60);
    assertThat(cluster.log.getLast())
        .contains("web Pending app:InvalidImageName")
        .contains("log:running");
  }
}
