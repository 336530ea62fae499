package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.sun.management.ThreadMXBean;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.workload.SchedulerWorkload;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What a pod of a known template costs in memory, counted by the JVM and not timed. The numbers are
 * the same for compiled and for interpreted code, where nothing that is allocated is optimised
 * away.
 */
class AllocationTest {
  private static final int NODES = 300;
  private static final int PODS_THERE = 200;
  private static final int WARM_UP = 5_000;
  private static final int PODS = 2_000;

  /** Where a node is of a kind that was never seen, or an array doubles. */
  private static final int DECISIONS_THAT_MAY_ALLOCATE = PODS / 20;

  /** The entry, its key, and its place in the table of all pods. */
  private static final int BYTES_A_POD = 120;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Pods of one template come and go. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = "MIXED.*")
  void decisionAllocatesNothing(SchedulerWorkload workload) {
    OfflineScheduler scheduler = new OfflineScheduler(SchedulerConfiguration.defaults());
    for (int i = 0; i < NODES; i++) {
      scheduler.add(SchedulerWorkload.node(i));
    }
    ClusterState state = scheduler.state();
    SchedulingCycle cycle =
        new SchedulingCycle(state, new PodNominator(), new Random(1), ImmutableList.of());
    ImmutableList<Pod> pods = workload.pods(WARM_UP + PODS);
    Profile profile = scheduler.profile(pods.getFirst());
    int allocating = 0;
    long assuming = 0;
    for (int i = 0; i < pods.size(); i++) {
      if (i >= PODS_THERE) {
        state.removePod(ObjectKey.of(pods.get(i - PODS_THERE)));
      }
      Pod pod = pods.get(i);
      long before = threads.getCurrentThreadAllocatedBytes();
      int row = cycle.place(profile, pod);
      long decided = threads.getCurrentThreadAllocatedBytes();
      state.assume(pod, state.info(pod), row);
      if (i >= WARM_UP) {
        allocating += decided == before ? 0 : 1;
        assuming += threads.getCurrentThreadAllocatedBytes() - decided;
      }
    }
    assertThat(allocating).isLessThanOrEqualTo(DECISIONS_THAT_MAY_ALLOCATE);
    assertThat(assuming / PODS).isLessThanOrEqualTo(BYTES_A_POD);
  }

  /** Pods that fit nowhere are tried again and again while nothing changes. */
  @ParameterizedTest
  @EnumSource(names = {"BASIC", "AFFINITY", "SPREAD"})
  void attemptInVainAllocatesNothing(SchedulerWorkload workload) {
    OfflineScheduler scheduler = new OfflineScheduler(SchedulerConfiguration.defaults());
    scheduler.add(Fixtures.node("small", "10m", "1Gi", "z"));
    SchedulingCycle cycle =
        new SchedulingCycle(
            scheduler.state(), new PodNominator(), new Random(1), ImmutableList.of());
    ImmutableList<Pod> pods = workload.pods(PODS);
    Profile profile = scheduler.profile(pods.getFirst());
    cycle.place(profile, pods.getFirst());
    long before = threads.getCurrentThreadAllocatedBytes();
    int placed = 0;
    for (Pod pod : pods) {
      placed += cycle.place(profile, pod) >= 0 ? 1 : 0;
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(placed).isZero();
    assertThat(allocated / PODS).isLessThanOrEqualTo(8);
  }
}
