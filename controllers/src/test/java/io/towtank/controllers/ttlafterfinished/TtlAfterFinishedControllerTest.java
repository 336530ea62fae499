package io.towtank.controllers.ttlafterfinished;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Job;
import io.towtank.api.JobSpecBuilder;
import io.towtank.api.JobStatusBuilder;
import io.towtank.api.Kinds;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.garbagecollector.GarbageCollector;
import io.towtank.controllers.workload.JobConditions;
import io.towtank.latency.LatencyProfile;
import org.junit.jupiter.api.Test;

/** Jobs that have ended, in a small cluster. */
class TtlAfterFinishedControllerTest {
  private final TestCluster cluster =
      new TestCluster(1, LatencyProfile.INSTANT)
          .with(TtlAfterFinishedController::new)
          .with(GarbageCollector::new)
          .start();

  private void create(String more) {
    cluster.create(
        """
        {'apiVersion': 'batch/v1', 'kind': 'Job',
         'metadata': {'name': 'j', 'namespace': 'default'},
         'spec': {%s 'template': {'spec': {'restartPolicy': 'Never',
          'containers': [{'name': 'c', 'image': 'work'}]}}}}
        """
            .formatted(more));
  }

  private void end(String type) {
    Job job = cluster.get(Kinds.JOB, "j");
    cluster.store.updateStatus(
        job.withStatus(
            JobStatusBuilder.builder(job.status())
                .conditions(
                    ImmutableList.of(
                        JobConditions.of(
                            type, ConditionStatus.TRUE, "", "", cluster.simulation.epochNanos())))
                .build()));
  }

  private boolean isThere() {
    return cluster.store.get(Kinds.JOB, "default", "j") != null;
  }

  @Test
  void deletesJobsSomeTimeAfterTheirEnd() {
    for (String type : new String[] {JobConditions.COMPLETE, JobConditions.FAILED}) {
      create("'ttlSecondsAfterFinished': 100,");
      cluster.runFor(200);
      end(type);
      cluster.runFor(99);
      assertThat(isThere()).as(type).isTrue();
      cluster.runFor(2);
      assertThat(isThere()).as(type).isFalse();
    }
  }

  @Test
  void leavesJobsThatDoNotAskForItOrHaveNotEnded() {
    create("");
    end(JobConditions.COMPLETE);
    cluster.runFor(86_400);
    assertThat(isThere()).isTrue();
    cluster.change(
        Kinds.JOB,
        "j",
        job -> job.withSpec(JobSpecBuilder.builder(job.spec()).ttlSecondsAfterFinished(0).build()));
    cluster.settle();
    assertThat(isThere()).isFalse();
    create("'ttlSecondsAfterFinished': 0,");
    end(JobConditions.SUSPENDED);
    cluster.settle();
    assertThat(isThere()).isTrue();
  }

  @Test
  void heedsALongerTime() {
    create("'ttlSecondsAfterFinished': 100,");
    end(JobConditions.COMPLETE);
    cluster.runFor(50);
    cluster.change(
        Kinds.JOB,
        "j",
        job ->
            job.withSpec(
                JobSpecBuilder.builder(job.spec()).ttlSecondsAfterFinished(1_000).build()));
    cluster.runFor(900);
    assertThat(isThere()).isTrue();
    cluster.runFor(100);
    assertThat(isThere()).isFalse();
  }
}
