package io.towtank.scenarios.extender;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.scenarios.explain.ExplanationText;
import io.towtank.scenarios.explain.PodExplainer;
import io.towtank.scenarios.language.End;
import io.towtank.scenarios.language.ScenarioFiles;
import io.towtank.scenarios.language.ScenarioOverridesBuilder;
import io.towtank.scenarios.run.RunObserver;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunOptionsBuilder;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.ScenarioRunner;
import io.towtank.scenarios.run.SimulatedCluster;
import io.towtank.scenarios.run.SummaryJson;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.extender.ExtenderUse;
import io.towtank.scheduler.framework.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real HTTP server, asked as kube-scheduler asks it. */
class ExtenderTest {
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: p}
      spec:
        containers: [{name: c, image: i, resources: {requests: {cpu: 1, memory: 1Gi}}}]
      """;

  @TempDir private Path directory;
  private HttpServer server;
  private @Nullable SimulatedCluster cluster;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Map<String, JsonNode> bodies = new ConcurrentHashMap<>();

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String verb = exchange.getRequestURI().getPath().substring("/api/".length());
          asked.add(verb);
          bodies.put(verb, new ObjectMapper().readTree(exchange.getRequestBody()));
          String answer = answers.get(verb);
          byte[] bytes = String.valueOf(answer).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer == null ? 500 : 200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  private SimulatedCluster cluster() {
    return requireNonNull(cluster);
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private RunSummary run(String extender, String manifest) throws IOException {
    return run(
        extender,
        manifest,
        new RunObserver() {
          @Override
          public void begins(SimulatedCluster begun) {
            cluster = begun;
          }
        });
  }

  private RunSummary run(String extender, String manifest, RunObserver observer)
      throws IOException {
    Path configuration = directory.resolve("config.yaml");
    Files.writeString(
        configuration,
        """
        apiVersion: kubescheduler.config.k8s.io/v1
        kind: KubeSchedulerConfiguration
        extenders:
        - urlPrefix: http://localhost:%d/api
        """
                .formatted(server.getAddress().getPort())
            + extender.indent(2));
    Path app = directory.resolve("app.yaml");
    Files.writeString(app, manifest);
    ScenarioFiles files =
        ScenarioFiles.read(
            List.of(configuration.toString(), app.toString()),
            ScenarioOverridesBuilder.builder().until(End.Until.parse("30s")).build());
    return new ScenarioRunner(
            files.scenario(),
            RunOptionsBuilder.builder(RunOptions.DEFAULT).observer(observer).build())
        .run();
  }

  private Pod pod(String name) {
    return Objects.requireNonNull(cluster().store().get(Kinds.POD, "default", name));
  }

  private String message(String name) {
    return pod(name).status().conditions().stream()
        .filter(condition -> condition.type().equals("PodScheduled"))
        .map(condition -> condition.reason() + ": " + condition.message())
        .findFirst()
        .orElse("");
  }

  @Test
  void itFiltersAndScoresAndBinds() throws IOException {
    answers.put(
        "filter",
        """
        {"Nodes": {"items": [{"metadata": {"name": "node-00001"}}, {"metadata": {"name": "node-00002"}}]},
         "FailedNodes": {"node-00000": "no licence"}, "Error": ""}
        """);
    answers.put(
        "prioritize",
        "[{\"Host\": \"node-00001\", \"Score\": 3}, {\"host\": \"node-00002\", \"score\": 9}]");
    answers.put("bind", "{\"Error\": \"\"}");
    run(
        """
        filterVerb: filter
        prioritizeVerb: prioritize
        weight: 2
        bindVerb: bind
        """,
        POD);
    assertThat(pod("p").nodeName()).isEqualTo("node-00002");
    assertThat(asked).containsExactly("filter", "prioritize", "bind");
    JsonNode filter = Objects.requireNonNull(bodies.get("filter"));
    assertThat(filter.path("Pod").path("metadata").path("name").asText()).isEqualTo("p");
    assertThat(filter.path("Nodes").path("items")).hasSize(3);
    assertThat(filter.path("Nodes").path("items").path(0).path("status").path("allocatable"))
        .isNotEmpty();
    assertThat(filter.path("NodeNames").isNull()).isTrue();
    JsonNode bind = Objects.requireNonNull(bodies.get("bind"));
    assertThat(bind.path("PodName").asText()).isEqualTo("p");
    assertThat(bind.path("Node").asText()).isEqualTo("node-00002");
  }

  @Test
  void whatItSaidIsExplained() throws IOException {
    answers.put(
        "filter",
        """
        {"NodeNames": ["node-00001", "node-00002"], "FailedNodes": {"node-00000": "no licence"}}
        """);
    answers.put(
        "prioritize",
        "[{\"Host\": \"node-00001\", \"Score\": 3}, {\"Host\": \"node-00002\", \"Score\": 9}]");
    PodExplainer explainer = new PodExplainer("p");
    String extender = "http://localhost:" + server.getAddress().getPort() + "/api";
    run(
        "filterVerb: filter\nprioritizeVerb: prioritize\nweight: 2\nnodeCacheCapable: true\n",
        POD,
        explainer);
    assertThat(asked).containsExactly("filter", "prioritize");
    Decision decision = Objects.requireNonNull(explainer.explanation().decision());
    Status status = Objects.requireNonNull(decision.infeasible().get("node-00000"));
    assertThat(status.plugin()).isEqualTo(extender);
    assertThat(status.message()).isEqualTo("no licence");
    assertThat(decision.best()).containsExactly("node-00002");
    Decision.NodeScore best = Objects.requireNonNull(decision.scores().get("node-00002"));
    assertThat(best.plugins()).containsEntry(extender, new Decision.PluginScore(9, 90, 2));
    assertThat(best.total())
        .isEqualTo(
            best.plugins().values().stream().mapToLong(Decision.PluginScore::weighted).sum());
    assertThat(ExplanationText.of(explainer.explanation(), false))
        .contains("ahead of node-00001 by 120", extender + " x2", "90 (of 9)", "no licence");
  }

  @Test
  void aPodThatItTurnsDownEverywhereIsExplained() throws IOException {
    answers.put("filter", "{\"NodeNames\": [], \"FailedNodes\": {\"node-00000\": \"no licence\"}}");
    PodExplainer explainer = new PodExplainer("p");
    run("filterVerb: filter\nnodeCacheCapable: true\n", POD, explainer);
    assertThat(ExplanationText.of(explainer.explanation(), false))
        .contains("fits no node", "no licence", "left out without a reason");
    assertThat(explainer.explanation().ways()).isEmpty();
  }

  @Test
  void oneThatKnowsTheNodesGetsTheirNames() throws IOException {
    answers.put("filter", "{\"nodenames\": [\"node-00001\"]}");
    run("filterVerb: filter\nnodeCacheCapable: true\n", POD);
    assertThat(pod("p").nodeName()).isEqualTo("node-00001");
    assertThat(Objects.requireNonNull(bodies.get("filter")).path("NodeNames").toString())
        .isEqualTo("[\"node-00000\",\"node-00001\",\"node-00002\"]");
  }

  @Test
  void whatItTurnsDownIsInTheMessage() throws IOException {
    answers.put(
        "filter",
        """
        {"NodeNames": [], "FailedNodes": {"node-00000": "no licence", "node-00001": "no licence"},
         "FailedAndUnresolvableNodes": {"node-00002": "wrong country"}}
        """);
    run("filterVerb: filter\nnodeCacheCapable: true\n", POD);
    assertThat(pod("p").nodeName()).isNull();
    assertThat(message("p"))
        .isEqualTo(
            "Unschedulable: 0/3 nodes are available: 1 wrong country, 2 no licence. no new"
                + " claims to deallocate, preemption:"
                + " 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No"
                + " preemption victims found for incoming pod.");
    // Of the others nothing is known, not even that preemption may help.
    answers.put("filter", "{\"NodeNames\": [], \"FailedNodes\": {\"node-00000\": \"no licence\"}}");
    run("filterVerb: filter\nnodeCacheCapable: true\n", POD);
    assertThat(message("p"))
        .isEqualTo(
            "Unschedulable: 0/3 nodes are available: 1 no licence. no new claims to deallocate,"
                + " preemption: 0/3 nodes are available: 1 No preemption victims found for incoming"
                + " pod, 2 Preemption is not helpful for scheduling.");
    answers.put(
        "filter",
        """
        {"NodeNames": ["node-00004"]}
        """);
    run("filterVerb: filter\nnodeCacheCapable: true\n", POD);
    assertThat(message("p"))
        .endsWith(
            "/api\" claims a filtered node \"node-00004\" which is not found in the input node"
                + " list");
  }

  /**
   * Node 0 is full, and the extender turns down the others; each has a less important pod. One that
   * goes helps on node 0; on the others the filters are content as it is, and who would have to go
   * for the extender nobody knows.
   */
  @Test
  void nodesThatItTurnsDownAreLookedAtForPreemption() throws IOException {
    String pods =
        """
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: high}
        value: 1000
        ---
        """
            + String.join(
                "---\n",
                pod("low-0", "cpu: 30", "nodeName: node-00000"),
                pod("low-1", "cpu: 1", "nodeName: node-00001"),
                pod("low-2", "cpu: 1", "nodeName: node-00002"));
    String high = "---\n" + pod("high", "cpu: 30", "priorityClassName: high");
    String never =
        "---\n" + pod("high", "cpu: 30", "priorityClassName: high\n  nodeSelector: {rack: none}");
    answers.put(
        "filter",
        """
        {"NodeNames": [], "FailedNodes": {"node-00001": "no licence"},
         "FailedAndUnresolvableNodes": {"node-00002": "wrong country"}}
        """);
    run("filterVerb: filter\nnodeCacheCapable: true\n", pods + never);
    assertThat(asked).isEmpty();
    run("filterVerb: filter\nnodeCacheCapable: true\n", pods + high);
    // It is asked about node 0, too, when that is free.
    assertThat(names(Objects.requireNonNull(bodies.get("filter"))))
        .containsExactly("node-00000", "node-00001", "node-00002");
    assertThat(cluster().store().get(Kinds.POD, "default", "low-0")).isNull();
    assertThat(cluster().store().get(Kinds.POD, "default", "low-1")).isNotNull();

    // Without node 0 nothing is left that can be done.
    run(
        "filterVerb: filter\nnodeCacheCapable: true\n",
        pods.replace("nodeName: node-00000", "nodeName: node-00000\n  priorityClassName: high")
            + high);
    assertThat(message("high"))
        .isEqualTo(
            "Unschedulable: 0/3 nodes are available: 1 Insufficient cpu, 1 no licence, 1 wrong"
                + " country. preemption: expected at least one victim pod on node \"node-00001\"");
  }

  private static List<String> names(JsonNode body) {
    List<String> names = new ArrayList<>();
    body.path("NodeNames").forEach(name -> names.add(name.asText()));
    return names;
  }

  @Test
  void aPodThatItTurnedDownIsTriedAgainWhateverHappens() throws IOException {
    answers.put("filter", "{\"NodeNames\": []}");
    run("filterVerb: filter\nnodeCacheCapable: true\n", POD);
    int before = asked.size();
    asked.clear();
    run(
        "filterVerb: filter\nnodeCacheCapable: true\n",
        POD
            + """
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: short}
            spec:
              nodeName: node-00000
              restartPolicy: Never
              activeDeadlineSeconds: 10
              containers: [{name: c, image: i}]
            """);
    assertThat(asked).hasSizeGreaterThan(before);
  }

  /** Of many nodes it is asked about a sample, even where nothing else scores. */
  @Test
  void whatItFiltersIsASample() throws IOException {
    answers.put("filter", "{\"NodeNames\": []}");
    Path configuration = directory.resolve("sample.yaml");
    Files.writeString(
        configuration,
        """
        apiVersion: kubescheduler.config.k8s.io/v1
        kind: KubeSchedulerConfiguration
        percentageOfNodesToScore: 50
        profiles:
        - plugins: {score: {disabled: [{name: "*"}]}, preScore: {disabled: [{name: "*"}]}}
        extenders:
        - {urlPrefix: 'http://localhost:%d/api', filterVerb: filter, nodeCacheCapable: true}
        """
            .formatted(server.getAddress().getPort()));
    Path app = directory.resolve("app.yaml");
    Files.writeString(app, POD);
    ScenarioFiles files =
        ScenarioFiles.read(
            List.of(configuration.toString(), app.toString()),
            ScenarioOverridesBuilder.builder().nodes(300).until(End.Until.parse("1s")).build());
    RunObserver observer =
        new RunObserver() {
          @Override
          public void begins(SimulatedCluster begun) {
            cluster = begun;
          }
        };
    new ScenarioRunner(
            files.scenario(),
            RunOptionsBuilder.builder(RunOptions.DEFAULT).observer(observer).build())
        .run();
    assertThat(names(Objects.requireNonNull(bodies.get("filter")))).hasSize(150);
    assertThat(message("p"))
        .isEqualTo(
            "Unschedulable: 0/300 nodes are available: no new claims to deallocate, preemption:"
                + " 0/300 nodes are available: 300 Preemption is not helpful for scheduling.");
  }

  @Test
  void whereItFailsThePodIsTriedAgainUnlessItIsIgnorable() throws IOException {
    run("filterVerb: filter\n", POD + "  schedulerName: default-scheduler\n");
    assertThat(pod("p").nodeName()).isNull();
    assertThat(message("p"))
        .startsWith("SchedulerError: failed filter with extender at URL http://localhost:")
        .endsWith("/api/filter, code 500");
    assertThat(asked).hasSizeGreaterThan(1);
    int before = asked.size();
    RunSummary summary = run("filterVerb: filter\nignorable: true\n", POD);
    assertThat(pod("p").nodeName()).isNotNull();
    assertThat(asked).hasSize(before + 1);
    ExtenderUse use = summary.scheduling().extenders().getFirst();
    assertThat(use.calls()).isEqualTo(1);
    assertThat(use.failures()).isEqualTo(1);
    assertThat(use.firstFailure()).endsWith("/api/filter, code 500");
    assertThat(summary.warnings())
        .anyMatch(warning -> warning.contains(" failed 1 of the 1 time it was asked; first: "));
    JsonNode json = SummaryJson.of(summary).path("scheduling").path("extenders").path(0);
    assertThat(json.path("failures").asInt()).isEqualTo(1);
    assertThat(json.path("firstFailure").asText()).isEqualTo(use.firstFailure());
    answers.put("filter", "{\"Error\": \"out of order\"}");
    run("filterVerb: filter\n", POD);
    assertThat(message("p")).isEqualTo("SchedulerError: out of order");
  }

  @Test
  void aScoreThatFailsIsDoneWithout() throws IOException {
    RunSummary summary = run("prioritizeVerb: prioritize\nweight: 3\n", POD);
    assertThat(pod("p").nodeName()).isNotNull();
    assertThat(summary.scheduling().extenders().getFirst().failures()).isEqualTo(1);
  }

  @Test
  void aBindThatFailsIsTriedAgainUnlessItIsIgnorable() throws IOException {
    answers.put("bind", "{\"Error\": \"no\"}");
    run("bindVerb: bind\n", POD);
    assertThat(pod("p").nodeName()).isNull();
    assertThat(asked).hasSizeGreaterThan(1);
    assertThat(message("p")).isEqualTo("SchedulerError: no");
    int before = asked.size();
    run("bindVerb: bind\nignorable: true\n", POD);
    assertThat(pod("p").nodeName()).isNotNull();
    assertThat(asked).hasSize(before + 1);
  }

  @Test
  void aFailureWithoutAnAnswerSaysWhy() throws IOException {
    server.stop(0);
    run("filterVerb: filter\n", POD);
    assertThat(message("p"))
        .isEqualTo(
            "SchedulerError: Post \"http://localhost:"
                + server.getAddress().getPort()
                + "/api/filter\": connection refused");
  }

  @Test
  void anAnswerThatDoesNotComeSaysSo() throws IOException {
    HttpServer mute =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    mute.createContext("/", exchange -> asked.add("mute"));
    mute.start();
    server.stop(0);
    HttpServer before = server;
    server = mute;
    try {
      run("filterVerb: filter\nhttpTimeout: 50ms\n", POD);
      assertThat(message("p")).endsWith("/api/filter\": no answer within 50ms");
    } finally {
      server = before;
      mute.stop(0);
    }
  }

  @Test
  void itIsAskedOnlyAboutPodsWithItsResourcesWhichNodesNeedNotHave() throws IOException {
    answers.put("filter", "{\"NodeNames\": [\"node-00002\"]}");
    String managed =
        """
        filterVerb: filter
        nodeCacheCapable: true
        managedResources: [{name: example.com/licence, ignoredByScheduler: true}]
        """;
    run(managed, POD);
    assertThat(asked).isEmpty();
    run(
        managed,
        POD.replace(
            "memory: 1Gi}",
            "memory: 1Gi, example.com/licence: 1}, limits: {example.com/licence: 1}"));
    assertThat(asked).containsExactly("filter");
    assertThat(pod("p").nodeName()).isEqualTo("node-00002");
  }

  @Test
  void itHasASayInPreemption() throws IOException {
    String important =
        """
        ---
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: high}
        value: 1000
        """;
    StringBuilder manifest = new StringBuilder(important);
    for (int i = 0; i < 3; i++) {
      manifest.append("---\n").append(pod("low-" + i, "cpu: 20", "nodeName: node-0000" + i));
    }
    manifest.append("---\n").append(pod("high", "cpu: 30", "priorityClassName: high"));
    answers.put("preempt", "{\"NodeNameToMetaVictims\": {}}");
    run("preemptVerb: preempt\n", manifest.toString());
    assertThat(asked).contains("preempt");
    JsonNode victims = Objects.requireNonNull(bodies.get("preempt")).path("NodeNameToVictims");
    assertThat(victims).hasSize(3);
    assertThat(
            victims.path("node-00001").path("Pods").path(0).path("metadata").path("name").asText())
        .isEqualTo("low-1");
    assertThat(pod("high").nodeName()).isNull();
    assertThat(message("high")).endsWith("preemption: no candidate node for preemption");
    String uid =
        victims.path("node-00001").path("Pods").path(0).path("metadata").path("uid").asText();
    answers.put(
        "preempt",
        "{\"NodeNameToMetaVictims\": {\"node-00001\": {\"Pods\": [{\"UID\": \"" + uid + "\"}]}}}");
    run("preemptVerb: preempt\n", manifest.toString());
    assertThat(pod("high").nodeName()).isEqualTo("node-00001");
    answers.put("preempt", "{\"NodeNameToMetaVictims\": {\"node-00001\": {\"Pods\": []}}}");
    run("preemptVerb: preempt\n", manifest.toString());
    assertThat(pod("high").nodeName()).isNull();
    assertThat(message("high"))
        .endsWith("preemption: expected at least one victim pod on node \"node-00001\"");
    answers.put("preempt", "{\"NodeNameToMetaVictims\": {\"node-7\": {\"Pods\": []}}}");
    run("preemptVerb: preempt\n", manifest.toString());
    assertThat(message("high")).endsWith("preemption: nodeinfo not found for node name \"node-7\"");
    answers.put(
        "preempt",
        "{\"NodeNameToMetaVictims\": {\"node-00002\": {\"Pods\": [{\"UID\": \"" + uid + "\"}]}}}");
    run("preemptVerb: preempt\n", manifest.toString());
    assertThat(message("high"))
        .endsWith(
            "/api claims to preempt pod (UID: &{"
                + uid
                + "}) on node: node-00002, but the pod is not found on that node");
    // One that is ignorable is then as if it were not there.
    run("preemptVerb: preempt\nignorable: true\n", manifest.toString());
    assertThat(pod("high").nodeName()).isNotNull();
  }

  private static String pod(String name, String cpu, String more) {
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s}
    spec:
      %s
      containers: [{name: c, image: i, resources: {requests: {%s}}}]
    """
        .formatted(name, more, cpu);
  }
}
