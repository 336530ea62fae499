package io.towtank.node;

import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeSelector;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTerm;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.api.Toleration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What kubelets refuse, whoever bound it: kubelet, lifecycle/predicate.go and devicemanager. */
class AdmissionTest {
  private static final PodSpec PLAIN = spec(container("app", "nginx"));

  private final TestCluster cluster = TestCluster.of(TestCluster.fixed());

  private void refused(String pod, String reason, String message) {
    Pod refused = cluster.pod(pod);
    assertThat(refused.status().phase()).hasToString("Failed");
    assertThat(refused.status().reason()).isEqualTo(reason);
    assertThat(refused.status().message()).isEqualTo("Pod was rejected: " + message);
    assertThat(cluster.recorder.counters()).containsEntry("events/kubelet/" + reason, 1L);
  }

  @Test
  void aNodeThatThePodDoesNotAskForRefusesIt() {
    cluster.nodes(1);
    cluster.run(
        "selects",
        "node-00000",
        PodSpecBuilder.builder(PLAIN).nodeSelector(ImmutableMap.of("disk", "ssd")).build());
    cluster.untilIdle();
    refused(
        "selects",
        "NodeAffinity",
        "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
  }

  private static PodSpec requiring(String operator, String... zones) {
    NodeSelectorRequirement zone =
        new NodeSelectorRequirement(
            "topology.kubernetes.io/zone", operator, ImmutableList.copyOf(zones), Fields.NONE);
    NodeSelectorTerm term =
        new NodeSelectorTerm(ImmutableList.of(zone), ImmutableList.of(), Fields.NONE);
    return PodSpecBuilder.builder(PLAIN)
        .affinity(
            AffinityBuilder.builder()
                .nodeAffinity(
                    NodeAffinityBuilder.builder()
                        .requiredDuringSchedulingIgnoredDuringExecution(
                            new NodeSelector(ImmutableList.of(term), Fields.NONE))
                        .build())
                .build())
        .build();
  }

  @Test
  void requiredAffinityIsLookedAtToo() {
    cluster.nodes(1);
    cluster.run("here", "node-00000", requiring("In", "zone-0"));
    cluster.run("elsewhere", "node-00000", requiring("NotIn", "zone-0"));
    cluster.untilIdle();
    assertThat(cluster.pod("here").status().phase()).hasToString("Running");
    assertThat(cluster.pod("elsewhere").status().reason()).isEqualTo("NodeAffinity");
  }

  @Test
  void aTaintThatWouldDriveThePodOutKeepsItOut() {
    cluster.nodes(1);
    cluster.until(1);
    Taint taint = new Taint("broken", "yes", "NoExecute", Timestamps.NONE, Fields.NONE);
    cluster.store.update(
        cluster
            .node("node-00000")
            .withSpec(
                NodeSpecBuilder.builder(cluster.node("node-00000").spec())
                    .taints(ImmutableList.of(taint))
                    .build()));
    cluster.until(2);
    cluster.run("plain", "node-00000", PLAIN);
    cluster.run(
        "tolerant",
        "node-00000",
        PodSpecBuilder.builder(PLAIN)
            .tolerations(
                ImmutableList.of(new Toleration("broken", "Exists", null, null, null, Fields.NONE)))
            .build());
    cluster.untilIdle();
    refused(
        "plain",
        "TaintToleration",
        "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate");
    assertThat(cluster.pod("tolerant").status().phase()).hasToString("Running");
  }

  private static PodSpec gpus(int count) {
    ImmutableMap<String, Quantity> devices = ImmutableMap.of("nvidia.com/gpu", Quantity.of(count));
    return spec(
        ContainerBuilder.builder(container("app", "nginx"))
            .resources(
                ResourceRequirementsBuilder.builder().requests(devices).limits(devices).build())
            .build());
  }

  @Test
  void devicesAreGivenOutAndComeBack() {
    ImmutableMap<String, Quantity> capacity =
        ImmutableMap.<String, Quantity>builder()
            .putAll(NodePool.DEFAULT_TEMPLATE.status().capacity())
            .put("nvidia.com/gpu", Quantity.of(4))
            .buildOrThrow();
    NodePool.of(1, NodePool.template(capacity, capacity))
        .create(NodeNetwork.forNodes(100), cluster.store::create);
    cluster.run("three", "node-00000", gpus(3));
    cluster.until(20);
    cluster.run("two", "node-00000", gpus(2));
    cluster.until(25);
    refused(
        "two",
        "UnexpectedAdmissionError",
        "Allocate failed due to requested number of devices unavailable for nvidia.com/gpu."
            + " Requested: 2, Available: 1, which is unexpected");
    cluster.delete("three");
    cluster.untilIdle();
    cluster.run("four", "node-00000", gpus(4));
    cluster.untilIdle();
    assertThat(cluster.pod("four").status().phase()).hasToString("Running");
  }

  private void gpuNode(int devices) {
    ImmutableMap<String, Quantity> capacity =
        ImmutableMap.<String, Quantity>builder()
            .putAll(NodePool.DEFAULT_TEMPLATE.status().capacity())
            .put("nvidia.com/gpu", Quantity.of(devices))
            .buildOrThrow();
    NodePool.of(1, NodePool.template(capacity, capacity))
        .create(NodeNetwork.forNodes(100), cluster.store::create);
  }

  private String devices(String pod) {
    return String.valueOf(cluster.kubelets.devices(cluster.pod(pod), "app").get("nvidia.com/gpu"));
  }

  private long offered() {
    return Objects.requireNonNull(
            cluster.node("node-00000").status().allocatable().get("nvidia.com/gpu"))
        .value();
  }

  private String health(String pod) {
    Fields more = cluster.pod(pod).status().containerStatuses().getFirst().rest();
    return String.valueOf(more.get("allocatedResourcesStatus"));
  }

  private static final ImmutableList<String> NODES = ImmutableList.of("node-00000");

  @Test
  void podsGetTheFirstDevicesThatAreFree() {
    gpuNode(4);
    cluster.run("two", "node-00000", gpus(2));
    cluster.run("one", "node-00000", gpus(1));
    cluster.until(20);
    assertThat(devices("two")).isEqualTo("[gpu-0, gpu-1]");
    assertThat(devices("one")).isEqualTo("[gpu-2]");
    assertThat(health("one")).isEqualTo("null");
    cluster.delete("two");
    cluster.untilIdle();
    cluster.run("three", "node-00000", gpus(3));
    cluster.untilIdle();
    assertThat(devices("three")).isEqualTo("[gpu-0, gpu-1, gpu-3]");
  }

  @Test
  void aNodeOffersLessWhileDevicesAreBroken() {
    gpuNode(4);
    cluster.run("two", "node-00000", gpus(2));
    cluster.until(25);
    Runnable mend = cluster.kubelets.breakDevices(NODES, "nvidia.com/gpu", 1);
    cluster.untilIdle();
    assertThat(offered()).isEqualTo(3);
    assertThat(cluster.pod("two").status().phase()).hasToString("Running");
    assertThat(health("two"))
        .isEqualTo(
            "[{\"name\":\"nvidia.com/gpu\",\"resources\":[{\"resourceID\":\"gpu-0\",\"health\":"
                + "\"Unhealthy\"},{\"resourceID\":\"gpu-1\",\"health\":\"Healthy\"}]}]");
    cluster.run("rest", "node-00000", gpus(2));
    cluster.untilIdle();
    // The broken one is another pod's, so that two are free, which a scheduler does not know.
    assertThat(devices("rest")).isEqualTo("[gpu-2, gpu-3]");
    mend.run();
    cluster.untilIdle();
    assertThat(offered()).isEqualTo(4);
    assertThat(health("two")).doesNotContain("Unhealthy");
  }

  @Test
  void aPodThatComesBeforeTheNodeToldOfItIsRefused() {
    gpuNode(2);
    cluster.until(12);
    Runnable more = cluster.kubelets.breakDevices(NODES, "nvidia.com/gpu", 1);
    cluster.run("two", "node-00000", gpus(2));
    cluster.until(13);
    refused(
        "two",
        "UnexpectedAdmissionError",
        "Allocate failed due to requested number of devices unavailable for nvidia.com/gpu."
            + " Requested: 2, Available: 1, which is unexpected");
    Runnable all = cluster.kubelets.breakDevices(NODES, "nvidia.com/gpu", 5);
    cluster.run("one", "node-00000", gpus(1));
    cluster.until(14);
    assertThat(cluster.pod("one").status().message())
        .isEqualTo(
            "Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate"
                + " unhealthy devices nvidia.com/gpu, which is unexpected");
    cluster.untilIdle();
    assertThat(offered()).isZero();
    more.run();
    cluster.untilIdle();
    assertThat(offered()).isEqualTo(1);
    all.run();
    cluster.untilIdle();
    assertThat(offered()).isEqualTo(2);
  }

  @Test
  void whatIsGivenOutInThousandsIsAnAmount() {
    gpuNode(1_000);
    cluster.run("half", "node-00000", gpus(500));
    cluster.untilIdle();
    assertThat(cluster.pod("half").status().phase()).hasToString("Running");
    assertThat(devices("half")).isEqualTo("null");
    cluster.kubelets.breakDevices(NODES, "nvidia.com/gpu", 600);
    cluster.untilIdle();
    assertThat(offered()).isEqualTo(400);
  }
}
