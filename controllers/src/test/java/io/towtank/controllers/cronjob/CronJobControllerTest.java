package io.towtank.controllers.cronjob;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.CronJob;
import io.towtank.api.CronJobSpecBuilder;
import io.towtank.api.Job;
import io.towtank.api.JobStatusBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectReference;
import io.towtank.api.Timestamps;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.workload.JobConditions;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** CronJobs in a small cluster; the clock starts at midnight of 1 January 2026. */
class CronJobControllerTest {
  private static final long MINUTE = 60;

  private final TestCluster cluster =
      new TestCluster(1, LatencyProfile.INSTANT).with(CronJobController::new).start();
  private final List<String> started = new ArrayList<>();
  private long runSeconds = 10;
  private boolean failing;

  {
    cluster.store.watch(
        Kinds.JOB,
        0,
        new WatchListener<Job>() {
          @Override
          public void added(Job job) {
            started.add(job.name());
            cluster.simulation.schedule(runSeconds * TestCluster.SECOND, () -> end(job));
          }

          @Override
          public void modified(Job previous, Job job) {}

          @Override
          public void deleted(Job last) {}
        });
  }

  private void end(Job job) {
    Job current = cluster.store.get(Kinds.JOB, "default", job.name());
    if (current == null) {
      return;
    }
    long now = Timestamps.toSecond(cluster.simulation.epochNanos());
    cluster.store.updateStatus(
        current.withStatus(
            JobStatusBuilder.builder(current.status())
                .startTime(current.metadata().creationTimestamp())
                .completionTime(failing ? Timestamps.NONE : now)
                .conditions(
                    ImmutableList.of(
                        JobConditions.of(
                            failing ? JobConditions.FAILED : JobConditions.COMPLETE,
                            ConditionStatus.TRUE,
                            "",
                            "",
                            now)))
                .build()));
  }

  private void create(String schedule, String more) {
    cluster.create(
        """
        {'apiVersion': 'batch/v1', 'kind': 'CronJob',
         'metadata': {'name': 'c', 'namespace': 'default'},
         'spec': {'schedule': '%s', %s
          'jobTemplate': {'metadata': {'labels': {'app': 'tick'}}, 'spec': {
           'template': {'spec': {'restartPolicy': 'Never',
            'containers': [{'name': 'c', 'image': 'work'}]}}}}}}
        """
            .formatted(schedule, more));
  }

  private void change(UnaryOperator<CronJobSpecBuilder> change) {
    cluster.change(
        Kinds.CRON_JOB,
        "c",
        c -> c.withSpec(change.apply(CronJobSpecBuilder.builder(c.spec())).build()));
  }

  private CronJob cronJob() {
    return cluster.get(Kinds.CRON_JOB, "c");
  }

  private List<String> jobs() {
    return cluster.store.list(Kinds.JOB).stream().map(Job::name).toList();
  }

  private static String name(long minutes) {
    return "c-" + (TestCluster.EPOCH / TestCluster.SECOND / 60 + minutes);
  }

  @Test
  void startsAJobWhenItsTimeHasCome() {
    create("*/5 * * * *", "");
    cluster.runFor(16 * MINUTE);
    assertThat(started).containsExactly(name(5), name(10), name(15));
    Job job = cluster.get(Kinds.JOB, name(5));
    assertThat(job.metadata().annotations())
        .containsEntry("batch.kubernetes.io/cronjob-scheduled-timestamp", "2026-01-01T00:05:00Z");
    assertThat(job.metadata().labels()).containsEntry("app", "tick");
    assertThat(job.metadata().creationTimestamp())
        .isEqualTo(TestCluster.EPOCH + 300 * TestCluster.SECOND);
    assertThat(cronJob().status().active()).isEmpty();
    assertThat(cronJob().status().lastScheduleTime())
        .isEqualTo(TestCluster.EPOCH + 900 * TestCluster.SECOND);
    assertThat(cronJob().status().lastSuccessfulTime())
        .isEqualTo(TestCluster.EPOCH + 910 * TestCluster.SECOND);
  }

  @Test
  void followsItsTimeZone() {
    create("0 3 * * *", "'timeZone': 'Asia/Kolkata',");
    cluster.runFor(24 * 60 * MINUTE);
    assertThat(started).containsExactly(name(21 * 60 + 30));
    assertThat(cluster.get(Kinds.JOB, started.getFirst()).metadata().annotations())
        .containsEntry(
            "batch.kubernetes.io/cronjob-scheduled-timestamp", "2026-01-02T03:00:00+05:30");
  }

  @Test
  void letsJobsRunBesideOneAnother() {
    runSeconds = 150;
    create("* * * * *", "");
    cluster.runFor(4 * MINUTE + 1);
    assertThat(started).hasSize(4);
    assertThat(cronJob().status().active().stream().map(ObjectReference::name))
        .containsExactly(name(2), name(3), name(4));
  }

  @Test
  void startsNoneBesideAnother() {
    runSeconds = 150;
    create("* * * * *", "'concurrencyPolicy': 'Forbid',");
    cluster.runFor(10 * MINUTE + 1);
    // 1 runs until 3:30, when the start of 3 is made up for; and so on.
    assertThat(started).containsExactly(name(1), name(3), name(6), name(8));
    assertThat(cronJob().status().active()).hasSize(1);
  }

  @Test
  void startsOneInPlaceOfAnother() {
    runSeconds = 150;
    create("* * * * *", "'concurrencyPolicy': 'Replace',");
    cluster.runFor(5 * MINUTE + 1);
    assertThat(started).hasSize(5);
    assertThat(jobs()).containsExactly(name(5));
    assertThat(cronJob().status().active().stream().map(ObjectReference::name))
        .containsExactly(name(5));
  }

  @Test
  void makesUpForTheLastStartThatItMissed() {
    create("*/10 * * * *", "'suspend': true,");
    cluster.runFor(35 * MINUTE);
    change(spec -> spec.suspend(false));
    cluster.runFor(MINUTE);
    assertThat(started).containsExactly(name(30));
  }

  @Test
  void passesOverStartsBeyondTheDeadline() {
    create("*/10 * * * *", "'suspend': true, 'startingDeadlineSeconds': 60,");
    cluster.runFor(35 * MINUTE);
    change(spec -> spec.suspend(false));
    cluster.runFor(6 * MINUTE);
    assertThat(started).containsExactly(name(40));
  }

  @Test
  void keepsSomeJobsThatHaveEnded() {
    // Three and one, where nothing else is said.
    create("* * * * *", "");
    cluster.runFor(6 * MINUTE + 30);
    failing = true;
    cluster.runFor(3 * MINUTE);
    assertThat(jobs()).containsExactly(name(4), name(5), name(6), name(9));
  }

  @Test
  void followsANewSchedule() {
    create("0 12 * * *", "");
    cluster.runFor(10 * MINUTE);
    change(spec -> spec.schedule("*/15 * * * *"));
    cluster.runFor(21 * MINUTE);
    assertThat(started).containsExactly(name(15), name(30));
  }

  @Test
  void forgetsAJobThatIsGone() {
    runSeconds = 1_000;
    create("* * * * *", "'concurrencyPolicy': 'Forbid',");
    cluster.runFor(90);
    cluster.delete(Kinds.JOB, name(1), DeleteOptions.DEFAULT);
    cluster.runFor(60);
    assertThat(started).containsExactly(name(1), name(2));
  }

  @Test
  void waitsForNothingThatNeverComes() {
    create("0 0 30 2 *", "");
    cluster.settle();
    assertThat(started).isEmpty();
  }
}
