package io.towtank.node;

import static io.towtank.node.TestCluster.container;
import static io.towtank.node.TestCluster.spec;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Event;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Volume;
import io.towtank.client.ApiClient;
import io.towtank.codec.ObjectCodec;
import io.towtank.environment.Configuration;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.manifest.YamlReader;
import io.towtank.store.DeleteOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods that name ConfigMaps and Secrets that are not there, or come late. */
class PodConfigurationTest {
  private final TestCluster cluster = TestCluster.of(TestCluster.fixed());

  @BeforeEach
  void start() {
    cluster.nodes(1);
    cluster.recorder.storeEvents(
        cluster.simulation,
        name ->
            new ApiClient(
                name, cluster.simulation, cluster.store, Distribution.ZERO, ClientLimits.NONE));
  }

  private void create(String kind, String name, String data) {
    cluster.store.create(
        ObjectCodec.read(
            YamlReader.read(
                    "object",
                    "{apiVersion: v1, kind: %s, metadata: {name: %s, namespace: default}, data: {%s}}"
                        .formatted(kind, name, data))
                .getFirst()
                .content()));
  }

  private static Fields fields(String name, String yaml) {
    return Fields.NONE.with(name, YamlReader.read("field", yaml).getFirst().content().get("it"));
  }

  private static Container told(String name, String variables) {
    return ContainerBuilder.builder(container(name, "nginx"))
        .rest(fields("env", "{it: [" + variables + "]}"))
        .build();
  }

  private static PodSpec with(PodSpec spec, String volume, String source, String yaml) {
    return PodSpecBuilder.builder(spec)
        .volumes(
            ImmutableList.of(new Volume(volume, null, null, fields(source, "{it: " + yaml + "}"))))
        .build();
  }

  private List<String> problems() {
    List<String> events = new ArrayList<>();
    for (Event event : cluster.store.list(Kinds.EVENT)) {
      if ("Warning".equals(event.type())) {
        events.add(event.reason() + ": " + event.message());
      }
    }
    return events;
  }

  @Test
  void aContainerWaitsForItsConfigMapWhileOthersStart() {
    cluster.run(
        "web",
        "node-00000",
        spec(
            told("app", "{name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}"),
            container("log", "nginx")));
    cluster.until(20);
    assertThat(StatusText.of(cluster.pod("web")))
        .isEqualTo("Pending app:CreateContainerConfigError log:running! [SIP]");
    assertThat(problems()).contains("Failed: Error: configmap \"settings\" not found");
    create("ConfigMap", "settings", "b: x");
    cluster.until(40);
    assertThat(problems())
        .contains("Failed: Error: couldn't find key a in ConfigMap default/settings");
    cluster.store.delete(Configuration.CONFIG_MAP, "default", "settings", DeleteOptions.NOW);
    create("ConfigMap", "settings", "a: x");
    cluster.untilIdle();
    assertThat(StatusText.of(cluster.pod("web")))
        .isEqualTo("Running app:running! log:running! [SIRCP]");
  }

  @Test
  void whatIsMissingForEverKeepsNoRunFromBeingIdle() {
    cluster.run(
        "web",
        "node-00000",
        spec(told("app", "{name: A, valueFrom: {secretKeyRef: {name: keys, key: a}}}")));
    cluster.untilIdle();
    assertThat(StatusText.of(cluster.pod("web")))
        .isEqualTo("Pending app:CreateContainerConfigError [SIP]");
    create("Secret", "keys", "a: eA==");
    cluster.untilIdle();
    assertThat(StatusText.of(cluster.pod("web"))).startsWith("Running");
  }

  @Test
  void aContainerThatIsStartedAgainNeedsItsConfigMapAgain() {
    create("ConfigMap", "settings", "a: x");
    cluster.run(
        "web",
        "node-00000",
        spec(told("app", "{name: A, valueFrom: {configMapKeyRef: {name: settings, key: a}}}")));
    cluster.until(60);
    cluster.store.delete(Configuration.CONFIG_MAP, "default", "settings", DeleteOptions.NOW);
    cluster.until(61);
    cluster
        .kubelets
        .worker(cluster.kubelets.table().find(PodTable.uid(cluster.pod("web"))))
        .crash("*", 1);
    cluster.until(70);
    assertThat(StatusText.of(cluster.pod("web")))
        .startsWith("Running app:CreateContainerConfigError");
    create("ConfigMap", "settings", "a: x");
    cluster.untilIdle();
    assertThat(StatusText.of(cluster.pod("web"))).startsWith("Running app:running!");
  }

  @Test
  void aPodStaysContainerCreatingUntilItsFilesAreThere() {
    cluster.run(
        "web",
        "node-00000",
        with(
            spec(container("app", "nginx")),
            "files",
            "configMap",
            "{name: settings, items: [{key: a, path: a}]}"));
    cluster.until(200);
    assertThat(StatusText.of(cluster.pod("web"))).startsWith("Pending app:ContainerCreating");
    assertThat(problems())
        .contains(
            "FailedMount: MountVolume.SetUp failed for volume \"files\" : configmap \"settings\""
                + " not found",
            "FailedMount: Unable to attach or mount volumes: unmounted volumes=[files],"
                + " unattached volumes=[], failed to process volumes=[]: context deadline"
                + " exceeded");
    create("ConfigMap", "settings", "b: x");
    cluster.until(400);
    assertThat(problems())
        .contains(
            "FailedMount: MountVolume.SetUp failed for volume \"files\" : references non-existent"
                + " config key: a");
    cluster.store.delete(Configuration.CONFIG_MAP, "default", "settings", DeleteOptions.NOW);
    create("ConfigMap", "settings", "a: x");
    cluster.untilIdle();
    assertThat(StatusText.of(cluster.pod("web"))).startsWith("Running app:running!");
  }

  @Test
  void aPodThatWaitsForItsFilesCanBeDeleted() {
    cluster.run(
        "web",
        "node-00000",
        with(spec(container("app", "nginx")), "keys", "secret", "{secretName: gone}"));
    cluster.until(30);
    cluster.delete("web");
    cluster.untilIdle();
    assertThat(cluster.store.get(Kinds.POD, "default", "web")).isNull();
  }
}
