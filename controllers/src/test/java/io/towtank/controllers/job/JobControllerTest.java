package io.towtank.controllers.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Job;
import io.towtank.api.JobCondition;
import io.towtank.api.JobSpecBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.garbagecollector.GarbageCollector;
import io.towtank.controllers.workload.JobConditions;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.DeleteOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Jobs in a small cluster. */
class JobControllerTest {
  private final TestCluster cluster =
      new TestCluster(1, LatencyProfile.INSTANT)
          .with(JobController::new)
          .with(GarbageCollector::new)
          .start();
  private final Workers workers = new Workers(cluster);
  private final List<Long> createdSeconds = new ArrayList<>();
  private int mostActive;

  {
    cluster.store.addCommitListener((previous, current, revision) -> {
      if (previous == null && current instanceof Pod) {
        createdSeconds.add(cluster.simulation.nanos() / TestCluster.SECOND);
        mostActive = Math.max(mostActive, cluster.activePods().size());
      }
    });
  }

  /** A Job as a document; fields of its spec, each followed by a comma. */
  static String job(String name, String spec) {
    return """
    {'apiVersion': 'batch/v1', 'kind': 'Job',
     'metadata': {'name': '%s', 'namespace': 'default'},
     'spec': {%s
      'template': {'metadata': {'labels': {'app': 'work'}},
       'spec': {'restartPolicy': 'Never', 'containers': [{'name': 'c', 'image': 'work'}]}}}}
    """
        .formatted(name, spec);
  }

  private Job job() {
    return cluster.get(Kinds.JOB, "j");
  }

  private void change(UnaryOperator<JobSpecBuilder> change) {
    cluster.change(
        Kinds.JOB, "j", j -> j.withSpec(change.apply(JobSpecBuilder.builder(j.spec())).build()));
  }

  private static List<String> conditions(Job job) {
    return job.status().conditions().stream()
        .filter(condition -> condition.status() == ConditionStatus.TRUE)
        .map(condition -> condition.type() + " " + condition.reason())
        .toList();
  }

  private void assertEnded(int succeeded, int failed, String reason) {
    Job job = job();
    String type =
        reason.equals("CompletionsReached") || reason.equals("SuccessPolicy")
            ? "Complete"
            : "Failed";
    assertThat(conditions(job))
        .containsExactly(
            (type.equals("Complete") ? "SuccessCriteriaMet " : "FailureTarget ") + reason,
            type + " " + reason);
    assertThat(job.status().succeeded()).isEqualTo(succeeded);
    assertThat(job.status().failed()).isEqualTo(failed);
    assertThat(job.status().active()).isZero();
    assertThat(job.status().terminating()).isZero();
    assertThat(Objects.requireNonNull(job.status().uncountedTerminatedPods()).isEmpty()).isTrue();
    assertThat(job.status().completionTime() != Timestamps.NONE).isEqualTo(type.equals("Complete"));
    assertThat(cluster.activePods()).isEmpty();
    for (Pod pod : cluster.store.list(Kinds.POD)) {
      assertThat(pod.metadata().finalizers()).as(pod.name()).isEmpty();
    }
  }

  @Test
  void runsAsManyPodsAtOnceAsItMay() {
    cluster.create(job("j", "'completions': 5, 'parallelism': 2,"));
    cluster.settle();
    assertEnded(5, 0, "CompletionsReached");
    assertThat(mostActive).isEqualTo(2);
    assertThat(createdSeconds).hasSize(5);
    Job job = job();
    String uid = String.valueOf(job.metadata().uid());
    assertThat(Objects.requireNonNull(job.spec().selector()).matchLabels())
        .containsExactly(Map.entry("batch.kubernetes.io/controller-uid", uid));
    assertThat(cluster.store.list(Kinds.POD).getFirst().metadata().labels())
        .containsEntry("app", "work")
        .containsEntry("batch.kubernetes.io/job-name", "j")
        .containsEntry("controller-uid", uid);
  }

  @Test
  void isOverWithTheFirstSuccessWhereNoNumberIsAskedFor() {
    workers.exitCode = pod -> cluster.simulation.nanos() > 60 * TestCluster.SECOND ? 0 : 1;
    cluster.create(job("j", "'parallelism': 3, 'backoffLimit': 10,"));
    cluster.settle();
    assertEnded(3, 3, "CompletionsReached");
  }

  @Test
  void runsEachIndexUntilItSucceeds() {
    workers.exitCode = pod -> JobPods.index(pod) == 2 && createdSeconds.size() < 6 ? 1 : 0;
    cluster.create(job("j", "'completionMode': 'Indexed', 'completions': 5, 'parallelism': 5,"));
    cluster.settle();
    assertEnded(5, 1, "CompletionsReached");
    assertThat(job().status().completedIndexes()).isEqualTo("0-4");
    Pod last = cluster.store.list(Kinds.POD).getLast();
    assertThat(last.name()).startsWith("j-4-");
    assertThat(last.metadata().annotations()).containsEntry(JobPods.COMPLETION_INDEX, "4");
    assertThat(last.metadata().labels()).containsEntry(JobPods.COMPLETION_INDEX, "4");
    assertThat(String.valueOf(last.spec().rest().get("hostname"))).isEqualTo("\"j-4\"");
    assertThat(String.valueOf(last.spec().containers().getFirst().rest().get("env")))
        .contains("JOB_COMPLETION_INDEX");
  }

  @Test
  void waitsLongerAfterEveryFailure() {
    workers.exitCode = pod -> 1;
    cluster.create(job("j", "'backoffLimit': 3,"));
    cluster.settle();
    assertEnded(0, 4, "BackoffLimitExceeded");
    // A pod starts in a second and runs for 30; then 10, 20 and 40 seconds pass.
    assertThat(createdSeconds).containsExactly(0L, 41L, 92L, 163L);
  }

  @Test
  void countsFailuresOfAnIndexByItself() {
    workers.exitCode = pod -> JobPods.index(pod) == 1 ? 1 : 0;
    cluster.create(
        job(
            "j",
            "'completionMode': 'Indexed', 'completions': 3, 'parallelism': 3,"
                + " 'backoffLimitPerIndex': 1,"));
    cluster.settle();
    assertEnded(2, 2, "FailedIndexes");
    assertThat(job().status().completedIndexes()).isEqualTo("0,2");
    assertThat(job().status().failedIndexes()).isEqualTo("1");
    assertThat(
            cluster.store.list(Kinds.POD).stream()
                .filter(pod -> JobPods.index(pod) == 1)
                .map(JobPods::indexFailures))
        .containsExactlyInAnyOrder(0, 1);
  }

  @Test
  void failsWhereTooManyIndexesDo() {
    workers.exitCode = pod -> JobPods.index(pod) % 2;
    cluster.create(
        job(
            "j",
            "'completionMode': 'Indexed', 'completions': 8, 'parallelism': 2,"
                + " 'backoffLimitPerIndex': 0, 'maxFailedIndexes': 1,"));
    cluster.settle();
    assertThat(conditions(job())).contains("Failed MaxFailedIndexesExceeded");
    assertThat(job().status().failedIndexes()).isEqualTo("1,3");
  }

  @Test
  void failsAtOnceOnAnExitCodeThatItsPolicyNames() {
    workers.exitCode = pod -> 42;
    cluster.create(
        job(
            "j",
            "'completions': 4, 'parallelism': 2, 'podFailurePolicy': {'rules': [{'action':"
                + " 'FailJob', 'onExitCodes': {'operator': 'In', 'values': [42]}}]},"));
    cluster.settle();
    assertEnded(0, 2, "PodFailurePolicy");
    JobCondition failed = Objects.requireNonNull(JobConditions.finished(job().status()));
    assertThat(failed.message())
        .matches(
            "Container c for pod default/j-\\w+ failed with exit code 42 matching FailJob rule at"
                + " index 0");
  }

  @Test
  void ignoresFailuresThatItsPolicyExcuses() {
    workers.exitCode = pod -> createdSeconds.size() < 3 ? 7 : 0;
    cluster.create(
        job(
            "j",
            "'backoffLimit': 0, 'podFailurePolicy': {'rules': [{'action': 'Ignore',"
                + " 'onPodConditions': [{'type': 'DisruptionTarget', 'status': 'True'}]},"
                + " {'action': 'Ignore', 'onExitCodes': {'operator': 'In', 'values': [7]}}]},"));
    cluster.settle();
    assertEnded(1, 0, "CompletionsReached");
    assertThat(createdSeconds).hasSize(3);
  }

  @Test
  void succeedsEarlyByItsPolicy() {
    workers.exitCode = pod -> 0;
    cluster.create(
        job(
            "j",
            "'completionMode': 'Indexed', 'completions': 10, 'parallelism': 2, 'successPolicy':"
                + " {'rules': [{'succeededIndexes': '2-5', 'succeededCount': 1}]},"));
    cluster.settle();
    assertThat(conditions(job())).contains("Complete SuccessPolicy");
    assertThat(job().status().completedIndexes()).isEqualTo("0-3");
  }

  @Test
  void suspendsAndResumes() {
    cluster.create(job("j", "'completions': 2, 'parallelism': 2,"));
    cluster.runFor(10);
    change(spec -> spec.suspend(true));
    cluster.runFor(10);
    assertThat(cluster.store.list(Kinds.POD)).isEmpty();
    assertThat(conditions(job())).containsExactly("Suspended JobSuspended");
    change(spec -> spec.suspend(false));
    cluster.runFor(5);
    assertThat(job().status().startTime()).isEqualTo(TestCluster.EPOCH + 20 * TestCluster.SECOND);
    assertThat(job().status().active()).isEqualTo(2);
    cluster.settle();
    assertEnded(2, 0, "CompletionsReached");
  }

  @Test
  void failsAtItsDeadline() {
    workers.runNanos = 1_000 * TestCluster.SECOND;
    cluster.create(job("j", "'parallelism': 2, 'completions': 2, 'activeDeadlineSeconds': 100,"));
    cluster.settle();
    assertEnded(0, 2, "DeadlineExceeded");
    assertThat(job().status().conditions().getFirst().lastTransitionTime())
        .isEqualTo(TestCluster.EPOCH + 100 * TestCluster.SECOND);
  }

  @Test
  void replacesPodsWhenTheirDeletionBeginsOrWhenTheyAreGone() {
    cluster.stopNanos = 20 * TestCluster.SECOND;
    for (String policy : List.of("TerminatingOrFailed", "Failed")) {
      createdSeconds.clear();
      long start = cluster.simulation.nanos() / TestCluster.SECOND;
      cluster.create(job("j", "'podReplacementPolicy': '" + policy + "',"));
      cluster.runFor(5);
      cluster.delete(Kinds.POD, cluster.activePods().getFirst().name(), DeleteOptions.DEFAULT);
      cluster.runFor(7);
      assertThat(job().status().terminating()).isEqualTo(1);
      cluster.settle();
      assertEnded(1, 1, "CompletionsReached");
      // The failure is as old as the deletion, or as the end of the container 10 s later.
      assertThat(createdSeconds)
          .containsExactly(start, start + (policy.equals("Failed") ? 25 : 15));
      cluster.delete(Kinds.JOB, "j", DeleteOptions.DEFAULT);
      cluster.settle();
      assertThat(cluster.store.list(Kinds.POD)).isEmpty();
    }
  }

  @Test
  void leavesJobsOfOthersAlone() {
    cluster.create(job("j", "'managedBy': 'example.com/other',"));
    cluster.settle();
    assertThat(createdSeconds).isEmpty();
    assertThat(job().status().conditions()).isEmpty();
  }

  @Test
  void runsFewerWhenItIsToldTo() {
    cluster.create(job("j", "'completions': 8, 'parallelism': 4,"));
    cluster.runFor(10);
    change(spec -> spec.parallelism(1));
    cluster.runFor(10);
    assertThat(cluster.activePods()).hasSize(1);
    cluster.settle();
    // Pods that were removed as too many have not failed.
    assertEnded(8, 0, "CompletionsReached");
  }

  @Test
  void adoptsAndLetsGo() {
    cluster.create(
        job("j", "'manualSelector': true, 'selector': {'matchLabels': {'app': 'work'}},"));
    cluster.runFor(3);
    Pod own = cluster.activePods().getFirst();
    cluster.change(
        Kinds.POD,
        own.name(),
        pod ->
            pod.withMetadata(
                ObjectMetaBuilder.builder(pod.metadata())
                    .labels(ImmutableMap.of("app", "other"))
                    .build()));
    cluster.runFor(3);
    Pod released = cluster.get(Kinds.POD, own.name());
    assertThat(released.metadata().ownerReferences()).isEmpty();
    assertThat(released.metadata().finalizers()).isEmpty();
    assertThat(cluster.activePods()).hasSize(2);
    cluster.change(
        Kinds.POD,
        own.name(),
        pod ->
            pod.withMetadata(
                ObjectMetaBuilder.builder(pod.metadata())
                    .labels(ImmutableMap.of("app", "work"))
                    .build()));
    cluster.settle();
    assertEnded(1, 0, "CompletionsReached");
  }

  @Test
  void countsWhatADisruptionEnded() {
    cluster.create(job("j", "'backoffLimit': 1,"));
    cluster.runFor(5);
    Pod pod = cluster.activePods().getFirst();
    cluster.store.updateStatus(
        pod.withStatus(
            PodStatusBuilder.builder(pod.status())
                .conditions(
                    ImmutableList.of(
                        PodConditionBuilder.builder()
                            .type("DisruptionTarget")
                            .status(ConditionStatus.TRUE)
                            .lastProbeTime(Timestamps.NONE)
                            .lastTransitionTime(Timestamps.NONE)
                            .build()))
                .build()));
    cluster.delete(Kinds.POD, pod.name(), DeleteOptions.DEFAULT);
    cluster.settle();
    assertEnded(1, 1, "CompletionsReached");
  }

  @Test
  void takesItsPodsWithIt() {
    cluster.create(job("j", "'completions': 4, 'parallelism': 2,"));
    cluster.runFor(40);
    assertThat(cluster.store.list(Kinds.POD)).hasSize(4);
    cluster.delete(Kinds.JOB, "j", DeleteOptions.DEFAULT);
    cluster.settle();
    assertThat(cluster.store.list(Kinds.POD)).isEmpty();
  }
}
