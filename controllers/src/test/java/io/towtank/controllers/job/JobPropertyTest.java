package io.towtank.controllers.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Job;
import io.towtank.api.JobSpecBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.controllers.Seeds;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.garbagecollector.GarbageCollector;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.JobConditions;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.ApiException;
import io.towtank.store.ApiException.Reason;
import io.towtank.store.DeleteOptions;
import io.towtank.time.StopCondition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Users who create, suspend, resume and scale Jobs and delete pods at random, pods that fail and an
 * API that refuses now and then: a Job never runs more pods than it may, no index succeeds twice,
 * and every Job comes to an end with counters that add up.
 */
class JobPropertyTest {
  private static final long MILLI = 1_000_000L;

  @Test
  void countsAddUpWhateverHappens() {
    Seeds.forEach(150, random -> new Run(random).run());
  }

  private static final class Run {
    private final Random random;
    private final TestCluster cluster;
    private boolean faults = true;
    // What was seen from outside, by the uid of the Job.
    // Succeeded, failed, and those that ended while the Job was about to remove them as too many:
    // they are not counted where the removal of their finalizer was under way.
    private final Map<Uid, int[]> counted = new HashMap<>();
    private final Map<Uid, Long> endedNanos = new HashMap<>();
    private final Map<Uid, Set<Integer>> succeededIndexes = new HashMap<>();
    private final Map<Uid, Integer> allowed = new HashMap<>();

    Run(Random random) {
      this.random = random;
      long request = random.nextInt(3) * 7L * MILLI;
      LatencyProfile profile =
          new LatencyProfile(
              "random",
              random.nextBoolean()
                  ? new Distribution.Constant(request)
                  : new Distribution.Exponential(request),
              random.nextInt(3) * 400L * MILLI,
              ClientLimits.NONE,
              random.nextInt(3) == 0 ? new ClientLimits(20, 30) : ClientLimits.NONE,
              ClientLimits.NONE,
              0,
              0,
              Distribution.ZERO,
              0,
              Distribution.ZERO,
              Distribution.ZERO,
              Distribution.ZERO,
              Distribution.ZERO);
      this.cluster =
          new TestCluster(
                  random.nextLong(),
                  profile,
                  request1 -> {
                    if (faults && random.nextInt(12) == 0) {
                      throw new ApiException(Reason.INTERNAL_ERROR, "a fault");
                    }
                    return request1.object();
                  })
              .with(JobController::new)
              .with(GarbageCollector::new)
              .start();
      cluster.startNanos = random.nextInt(3) * TestCluster.SECOND;
      cluster.stopNanos = (1 + random.nextInt(20)) * TestCluster.SECOND;
      Workers workers = new Workers(cluster);
      workers.runNanos = (1 + random.nextInt(20)) * TestCluster.SECOND;
      int failing = random.nextInt(4);
      workers.exitCode = pod -> faults && random.nextInt(4) < failing ? 1 : 0;
      cluster.store.addCommitListener((previous, current, revision) -> {
        if (current instanceof Pod pod) {
          observe((Pod) previous, pod);
        } else if (current == null && previous instanceof Pod pod && JobPods.isTracked(pod)) {
          // Its finalizer was the last thing that kept it.
          count(ControllerRefs.of(pod.metadata()), pod);
        } else if (current instanceof Job job) {
          // A change is not known at once.
          allowed.merge(ControllerRefs.uid(job), parallelism(job), Math::max);
        }
      });
    }

    private static int parallelism(Job job) {
      Integer parallelism = job.spec().parallelism();
      return parallelism == null ? 1 : parallelism;
    }

    private void observe(@Nullable Pod previous, Pod pod) {
      OwnerReference owner = ControllerRefs.of(pod.metadata());
      if (owner == null) {
        return;
      }
      Uid uid = owner.uid();
      if (previous == null) {
        long active =
            cluster.activePods().stream()
                .filter(other -> ControllerRefs.isControlledBy(other.metadata(), uid))
                .count();
        assertThat(active)
            .as("active pods of %s", owner.name())
            .isLessThanOrEqualTo(allowed.getOrDefault(uid, 0));
        return;
      }
      if (!previous.status().phase().equals(pod.status().phase())
          || previous.metadata().deletionTimestamp() != pod.metadata().deletionTimestamp()) {
        endedNanos.put(ControllerRefs.uid(pod), cluster.simulation.nanos());
      }
      if (previous.status().phase() != PodPhase.SUCCEEDED
          && pod.status().phase() == PodPhase.SUCCEEDED
          && JobPods.isTracked(pod)
          && JobPods.index(pod) != JobPods.NO_INDEX) {
        assertThat(succeededIndexes.computeIfAbsent(uid, u -> new HashSet<>()))
            .as("indexes of %s that have succeeded", owner.name())
            .doesNotContain(JobPods.index(pod));
        succeededIndexes.get(uid).add(JobPods.index(pod));
      }
      if (JobPods.isTracked(previous) && !JobPods.isTracked(pod)) {
        count(owner, pod);
      }
    }

    private void count(@Nullable OwnerReference owner, Pod pod) {
      if (owner == null) {
        return;
      }
      int[] counts = counted.computeIfAbsent(owner.uid(), u -> new int[3]);
      Long ended = endedNanos.get(ControllerRefs.uid(pod));
      if (ended != null && cluster.simulation.nanos() - ended < TestCluster.SECOND) {
        counts[2]++;
        succeededIndexes.getOrDefault(owner.uid(), new HashSet<>()).remove(JobPods.index(pod));
      } else if (pod.status().phase() == PodPhase.SUCCEEDED) {
        counts[0]++;
      } else if (pod.status().phase() == PodPhase.FAILED
          || pod.metadata().deletionTimestamp() != Timestamps.NONE) {
        counts[1]++;
      }
    }

    void run() {
      List<String> names = List.of("a", "b", "c");
      for (int step = 0; step < 50; step++) {
        try {
          act(names.get(random.nextInt(names.size())));
        } catch (ApiException | IllegalArgumentException e) {
          // The user is told, and goes on.
        }
        cluster.simulation.run(
            new StopCondition.Time(
                cluster.simulation.nanos() + random.nextLong(6 * TestCluster.SECOND)));
      }
      faults = false;
      for (String name : names) {
        if (cluster.store.get(Kinds.JOB, "default", name) != null) {
          cluster.change(
              Kinds.JOB,
              name,
              job ->
                  job.withSpec(
                      JobSpecBuilder.builder(job.spec()).suspend(false).parallelism(2).build()));
        }
      }
      cluster.settle();
      for (Job job : cluster.store.list(Kinds.JOB)) {
        check(job);
      }
      for (Pod pod : cluster.store.list(Kinds.POD)) {
        assertThat(pod.metadata().finalizers())
            .as("finalizers of %s, of %s", pod, cluster.store.list(Kinds.JOB))
            .isEmpty();
        OwnerReference owner = ControllerRefs.of(pod.metadata());
        assertThat(owner == null ? null : cluster.store.get(Kinds.JOB, "default", owner.name()))
            .as("owner of " + pod.name())
            .isNotNull();
      }
    }

    private void act(String name) {
      if (cluster.store.get(Kinds.JOB, "default", name) == null) {
        create(name);
        return;
      }
      switch (random.nextInt(7)) {
        case 0 ->
            cluster.change(
                Kinds.JOB,
                name,
                job ->
                    job.withSpec(
                        JobSpecBuilder.builder(job.spec()).suspend(random.nextBoolean()).build()));
        case 1 ->
            cluster.change(
                Kinds.JOB,
                name,
                job ->
                    job.withSpec(
                        JobSpecBuilder.builder(job.spec()).parallelism(random.nextInt(5)).build()));
        case 2, 3 -> {
          List<Pod> pods = new ArrayList<>(cluster.activePods());
          if (!pods.isEmpty()) {
            cluster.delete(
                Kinds.POD,
                pods.get(random.nextInt(pods.size())).name(),
                random.nextBoolean() ? DeleteOptions.DEFAULT : DeleteOptions.NOW);
          }
        }
        case 4 -> {
          if (random.nextInt(4) == 0) {
            cluster.delete(Kinds.JOB, name, DeleteOptions.DEFAULT);
          }
        }
        default -> {
          // Looks on.
        }
      }
    }

    private void create(String name) {
      StringBuilder spec = new StringBuilder();
      spec.append("'parallelism': ").append(1 + random.nextInt(4)).append(',');
      spec.append("'completions': ").append(1 + random.nextInt(6)).append(',');
      spec.append("'suspend': ").append(random.nextInt(4) == 0).append(',');
      spec.append("'podReplacementPolicy': '")
          .append(random.nextBoolean() ? "Failed" : "TerminatingOrFailed")
          .append("',");
      if (random.nextBoolean()) {
        spec.append("'completionMode': 'Indexed',");
        if (random.nextBoolean()) {
          spec.append("'backoffLimitPerIndex': ").append(random.nextInt(3)).append(',');
        }
        if (random.nextInt(4) == 0) {
          spec.append("'successPolicy': {'rules': [{'succeededCount': 1}]},");
        }
      }
      if (random.nextBoolean()) {
        spec.append("'backoffLimit': ").append(random.nextInt(5)).append(',');
      }
      if (random.nextInt(4) == 0) {
        spec.append("'activeDeadlineSeconds': ").append(20 + random.nextInt(100)).append(',');
      }
      cluster.create(JobControllerTest.job(name, spec.toString()));
    }

    private void check(Job job) {
      String name = job.name();
      if (job.metadata().deletionTimestamp() != Timestamps.NONE) {
        throw new AssertionError(ObjectKey.of(job) + " is still being deleted");
      }
      assertThat(JobConditions.finished(job.status())).as(name).isNotNull();
      assertThat(job.status().active()).as(name).isZero();
      int[] counts = counted.getOrDefault(ControllerRefs.uid(job), new int[3]);
      int succeeded = job.status().succeeded();
      int failed = job.status().failed();
      assertThat(succeeded).as(name).isGreaterThanOrEqualTo(counts[0]);
      assertThat(failed).as(name).isGreaterThanOrEqualTo(counts[1]);
      assertThat(succeeded + failed)
          .as(name)
          .isLessThanOrEqualTo(counts[0] + counts[1] + counts[2]);
      if (JobConditions.isComplete(job.status()) && job.spec().successPolicy() == null) {
        assertThat(job.status().succeeded()).as(name).isEqualTo(job.spec().completions());
      }
      if (JobSync.isIndexed(job)) {
        Set<Integer> indexes =
            succeededIndexes.getOrDefault(ControllerRefs.uid(job), new HashSet<>());
        Indexes seen = Indexes.of(indexes.stream().mapToInt(Integer::intValue).toArray());
        Indexes told = Indexes.parse(job.status().completedIndexes(), Integer.MAX_VALUE);
        assertThat(seen.countIn(told)).as(name).isEqualTo(seen.count());
        assertThat(told.count() - seen.count()).as(name).isBetween(0, counts[2]);
      }
    }
  }
}
