package io.towtank.node;

import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.latency.LatencyProfile;
import org.junit.jupiter.api.Test;

/** What a pod's status tells, and when, from its binding to its end. */
class PodLifeTest {

  @Test
  void aPodStartsRunsAndIsDeleted() {
    TestCluster cluster = TestCluster.of(TestCluster.fixed());
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.until(60);
    cluster.delete("web");
    cluster.untilIdle();
    // sandbox 2 s, image 1 s + 100 MB at 10 MB/s, start 3 s; stop 5 s
    assertThat(cluster.log)
        .containsExactly(
            "0.000 web Pending []",
            "0.000 web Pending [P]",
            "0.000 web Pending app:ContainerCreating [IP]",
            "16.000 web Running app:running! [SIRCP]",
            "65.000 web Succeeded app:Completed(0) [IP]",
            "65.000 web deleted");
  }

  @Test
  void whatTakesNoTimeIsWrittenOnce() {
    TestCluster cluster = TestCluster.of(LatencyProfile.INSTANT);
    cluster.nodes(1);
    cluster.run("web", "node-00000", spec(container("app", "nginx")));
    cluster.untilIdle();
    assertThat(cluster.log)
        .containsExactly(
            "0.000 web Pending []",
            "0.000 web Pending [P]",
            "0.000 web Running app:running! [SIRCP]");
  }
}
