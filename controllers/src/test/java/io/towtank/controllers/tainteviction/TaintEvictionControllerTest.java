package io.towtank.controllers.tainteviction;

import static io.towtank.controllers.nodelifecycle.HollowCluster.name;
import static io.towtank.controllers.nodelifecycle.HollowCluster.spec;
import static io.towtank.controllers.nodelifecycle.HollowCluster.tolerant;
import static io.towtank.controllers.nodelifecycle.HollowCluster.tolerates;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.PodCondition;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.api.Toleration;
import io.towtank.controllers.nodelifecycle.HollowCluster;
import io.towtank.controllers.nodelifecycle.NodeLifecycleController;
import io.towtank.controllers.nodelifecycle.NodeLifecycleOptions;
import io.towtank.controllers.nodelifecycle.NodeTaints;
import io.towtank.controllers.workload.PodConditions;
import io.towtank.latency.LatencyProfile;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Who has to leave a tainted node, and when. */
class TaintEvictionControllerTest {
  private static final String MAINTENANCE = "example.com/maintenance";

  private final HollowCluster cluster =
      new HollowCluster(LatencyProfile.INSTANT)
          .with("nodes", c -> new NodeLifecycleController(c, NodeLifecycleOptions.DEFAULT))
          .with("evictions", TaintEvictionController::new)
          .start(3);

  private void taint(int node, String... keys) {
    ImmutableList.Builder<Taint> taints = ImmutableList.builder();
    for (String key : keys) {
      taints.add(new Taint(key, null, "NoExecute", Timestamps.NONE, Fields.NONE));
    }
    Node before = cluster.node(node);
    cluster.store.update(
        before.withSpec(NodeSpecBuilder.builder(before.spec()).taints(taints.build()).build()));
  }

  private long evicted() {
    return cluster.recorder.counter("taint-eviction-controller/podsEvicted")[0];
  }

  @Test
  void forHowLongTaintsAreTolerated() {
    Taint a = new Taint("a", null, "NoExecute", Timestamps.NONE, Fields.NONE);
    Taint b = new Taint("b", null, "NoExecute", Timestamps.NONE, Fields.NONE);
    record Row(String name, List<Toleration> tolerations, List<Taint> taints, long seconds) {}
    long ever = -1;
    for (Row row :
        List.of(
            new Row("nothing to tolerate", List.of(), List.of(), ever),
            new Row("not tolerated", List.of(), List.of(a), 0),
            new Row("for ever", List.of(tolerates("a", null)), List.of(a), ever),
            new Row("for a time", List.of(tolerates("a", 300L)), List.of(a), 300),
            new Row("never mind less than none", List.of(tolerates("a", -5L)), List.of(a), 0),
            new Row(
                "the shorter counts",
                List.of(tolerates("a", 300L), tolerates("b", 60L)),
                List.of(a, b),
                60),
            new Row("one of two", List.of(tolerates("a", null)), List.of(a, b), 0),
            new Row(
                "the first that matches",
                List.of(tolerates("a", 20L), tolerates("a", 10L)),
                List.of(a),
                20))) {
      long nanos =
          Tolerance.nanos(ImmutableList.copyOf(row.tolerations), ImmutableList.copyOf(row.taints));
      assertThat(nanos)
          .as(row.name)
          .isEqualTo(row.seconds == ever ? Tolerance.FOR_EVER : row.seconds * HollowCluster.SECOND);
    }
  }

  @Test
  void podsLeaveALostNodeAfterFiveMinutes() {
    cluster.run("web", 1, tolerant());
    cluster.run("stays", 1, spec(ImmutableList.of(tolerates(NodeTaints.UNREACHABLE, null))));
    cluster.run("elsewhere", 2, tolerant());
    cluster.until(100);
    cluster.faults.fail(ImmutableList.of(name(1)));
    cluster.until(449);
    // The node was tainted 50 to 55 s after its last renewal.
    assertThat(cluster.pod("web").metadata().deletionTimestamp()).isEqualTo(Timestamps.NONE);
    cluster.until(460);
    assertThat(cluster.pod("web").metadata().deletionTimestamp()).isNotEqualTo(Timestamps.NONE);
    PodCondition target =
        Objects.requireNonNull(
            cluster.pod("web").status().condition(PodConditions.DISRUPTION_TARGET));
    assertThat(target.status()).isEqualTo(ConditionStatus.TRUE);
    assertThat(target.reason()).isEqualTo("DeletionByTaintManager");
    assertThat(target.message()).isEqualTo("Taint manager: deleting due to NoExecute taint");
    cluster.untilIdle();
    // Nobody is there to stop it: it goes when its kubelet is back.
    assertThat(cluster.exists("web")).isTrue();
    cluster.faults.restore(ImmutableList.of(name(1)));
    cluster.untilIdle();
    assertThat(cluster.exists("web")).isFalse();
    assertThat(cluster.exists("stays")).isTrue();
    assertThat(cluster.exists("elsewhere")).isTrue();
    assertThat(evicted()).isEqualTo(1);
  }

  @Test
  void aNodeThatReturnsKeepsItsPods() {
    cluster.run("web", 1, tolerant());
    cluster.until(100);
    cluster.faults.fail(ImmutableList.of(name(1)));
    cluster.until(300);
    cluster.faults.restore(ImmutableList.of(name(1)));
    cluster.untilIdle();
    assertThat(cluster.exists("web")).isTrue();
    assertThat(evicted()).isZero();
    assertThat(cluster.recorder.counter("taint-eviction-controller/evictionsCancelled")[0])
        .isEqualTo(1);
  }

  @Test
  void whoDoesNotTolerateGoesAtOnce() {
    cluster.run("web", 1, tolerant());
    cluster.until(10);
    taint(1, MAINTENANCE);
    cluster.untilIdle();
    assertThat(cluster.exists("web")).isFalse();
    cluster.run("next", 1, tolerant());
    cluster.untilIdle();
    assertThat(cluster.exists("next")).isFalse();
  }

  @Test
  void anotherTaintDoesNotProlongTheTime() {
    cluster.run(
        "web",
        1,
        spec(ImmutableList.of(tolerates("a", 100L), tolerates("b", 100L), tolerates("c", 30L))));
    cluster.until(10);
    taint(1, "a");
    cluster.until(60);
    taint(1, "a", "b");
    cluster.until(109.9);
    assertThat(evicted()).isZero();
    cluster.until(110.1);
    assertThat(evicted()).isEqualTo(1);
  }

  @Test
  void whatWasDecidedFirstStays() {
    cluster.run("web", 1, spec(ImmutableList.of(tolerates("a", 100L), tolerates("c", 30L))));
    cluster.until(10);
    taint(1, "a");
    cluster.until(20);
    taint(1, "a", "c");
    // taint_eviction.go compares with when it was decided, not with when it is due.
    cluster.until(109.9);
    assertThat(evicted()).isZero();
    cluster.until(110.1);
    assertThat(evicted()).isEqualTo(1);
  }

  @Test
  void aPodThatIsGoneIsNotEvicted() {
    cluster.run("web", 1, spec(ImmutableList.of(tolerates("a", 100L))));
    cluster.until(10);
    taint(1, "a");
    cluster.store.delete(
        io.towtank.api.Kinds.POD, "default", "web", io.towtank.store.DeleteOptions.DEFAULT);
    cluster.untilIdle();
    assertThat(cluster.simulation.nanos()).isLessThan(60 * HollowCluster.SECOND);
    assertThat(evicted()).isZero();
  }
}
