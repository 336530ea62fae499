package io.towtank.scheduler.plugins;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.YamlReader;
import io.towtank.scheduler.OfflineScheduler;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.Ties;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.framework.Status;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A cluster written in a few words, and what a plugin says of it: for the plugins' tables of cases.
 *
 * <p>Nodes and pods are YAML in which everybody's fields need no nesting. Of a node, {@code name},
 * {@code labels} and {@code annotations} are metadata, {@code allocatable} is added to 4 CPUs, 8Gi
 * and 110 pods, {@code images} is sizes by name, all else is of the spec. Of a pod, {@code
 * requests}, {@code ports} and {@code image} are those of its one container, {@code node}, {@code
 * nominated}, {@code deleted}, {@code started} and {@code owner} say what they say, all else is of
 * the spec.
 */
public final class PluginCluster {
  /** What is shown where the plugin has nothing to say about the pod. */
  public static final String SKIP = "Skip";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ImmutableSet<String> METADATA =
      ImmutableSet.of("name", "namespace", "uid", "labels", "annotations");

  private final String plugin;
  private final OfflineScheduler scheduler;

  private PluginCluster(String plugin, OfflineScheduler scheduler) {
    this.plugin = plugin;
    this.scheduler = scheduler;
  }

  /** An empty cluster whose scheduler has the plugin and nothing else that judges nodes. */
  public static PluginCluster of(String plugin) {
    return of(plugin, null);
  }

  /**
   * The same with arguments.
   *
   * @param arguments of the plugin, as YAML
   * @param others plugins that are on, too
   */
  public static PluginCluster of(String plugin, @Nullable String arguments, String... others) {
    ObjectNode configuration = JSON.objectNode();
    ObjectNode profile = configuration.putArray("profiles").addObject();
    ObjectNode multiPoint = profile.putObject("plugins").putObject("multiPoint");
    multiPoint.putArray("disabled").addObject().put("name", "*");
    ArrayNode enabled = multiPoint.putArray("enabled");
    ImmutableSet.Builder<String> names = ImmutableSet.builder();
    names.add(Names.PRIORITY_SORT, Names.DEFAULT_BINDER).add(others).add(plugin);
    names.build().forEach(name -> enabled.addObject().put("name", name));
    if (arguments != null) {
      profile
          .putArray("pluginConfig")
          .addObject()
          .put("name", plugin)
          .set("args", yaml("{" + arguments + "}"));
    }
    return new PluginCluster(
        plugin,
        new OfflineScheduler(SchedulerConfiguration.read(configuration).withTies(Ties.FIRST)));
  }

  /** Adds nodes: YAML objects, separated by commas. */
  public PluginCluster nodes(@Nullable String nodes) {
    yaml("[" + orEmpty(nodes) + "]").forEach(node -> scheduler.add(node(node)));
    return this;
  }

  /** Adds pods that have a node. */
  public PluginCluster pods(@Nullable String pods) {
    yaml("[" + orEmpty(pods) + "]").forEach(pod -> scheduler.add(pod(pod)));
    return this;
  }

  /** Adds any objects, as whole documents. */
  public PluginCluster objects(@Nullable String objects) {
    for (JsonNode object : yaml("[" + orEmpty(objects) + "]")) {
      scheduler.add(ObjectCodec.read(object));
    }
    return this;
  }

  /** Binds a pod; the decisions after that know of it. */
  public PluginCluster bind(String pod, String node) {
    scheduler.bind(pod(pod), node);
    return this;
  }

  /** The decision about a pod. */
  public Decision decide(@Nullable String pod) {
    return scheduler.decide(pod(pod));
  }

  /**
   * What the plugin's filter says: {@code Success}, {@code Skip}, or a code and reasons; where
   * nodes differ, each node with its verdict.
   */
  public String verdict(@Nullable String pod) {
    Decision decision = decide(pod);
    Status rejection = decision.preFilter();
    if (rejection != null) {
      return text(rejection);
    }
    if (!decision.filters().contains(plugin) && decision.infeasible().isEmpty()) {
      return SKIP;
    }
    ImmutableMap.Builder<String, String> verdicts = ImmutableMap.builder();
    for (int row = 0; row < scheduler.state().rows(); row++) {
      String node = scheduler.state().name(row);
      Status status = decision.infeasible().get(node);
      verdicts.put(node, status == null ? "Success" : text(status));
    }
    Map<String, String> byNode = verdicts.buildOrThrow();
    return ImmutableSet.copyOf(byNode.values()).size() == 1
        ? byNode.values().iterator().next()
        : byNode.entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining("; "));
  }

  /** The plugin's own scores, as in {@code a 3, b 0}; {@code Skip} where it has no opinion. */
  public String scores(@Nullable String pod) {
    return scores(pod, Decision.PluginScore::raw);
  }

  /** The scores from 0 to 100. */
  public String normalized(@Nullable String pod) {
    return scores(pod, Decision.PluginScore::normalized);
  }

  private String scores(@Nullable String pod, ToLongFunction<Decision.PluginScore> score) {
    Decision decision = decide(pod);
    if (decision.scores().values().stream().noneMatch(s -> s.plugins().containsKey(plugin))) {
      return SKIP;
    }
    return decision.scores().entrySet().stream()
        .map(entry ->
            entry.getKey()
                + " "
                + score.applyAsLong(Objects.requireNonNull(entry.getValue().plugins().get(plugin))))
        .collect(Collectors.joining(", "));
  }

  private static String text(Status status) {
    return status.code() + ": " + status.message();
  }

  // Writing in a few words

  /** A node. */
  public static Node node(String words) {
    return node(yaml("{" + words + "}"));
  }

  private static Node node(JsonNode words) {
    ObjectNode node = JSON.objectNode();
    ObjectNode metadata = node.putObject("metadata");
    ObjectNode spec = node.putObject("spec");
    ObjectNode status = node.putObject("status");
    ObjectNode allocatable = status.putObject("allocatable");
    allocatable.put("cpu", "4").put("memory", "8Gi").put("pods", "110");
    for (Map.Entry<String, JsonNode> word : words.properties()) {
      switch (word.getKey()) {
        case "allocatable" ->
            word.getValue()
                .properties()
                .forEach(entry -> allocatable.put(entry.getKey(), entry.getValue().asText()));
        case "images" -> {
          ArrayNode images = status.putArray("images");
          word.getValue()
              .properties()
              .forEach(entry -> {
                ObjectNode image = images.addObject();
                image.putArray("names").add(entry.getKey());
                image.put("sizeBytes", entry.getValue().asLong() << 20);
              });
        }
        default ->
            (METADATA.contains(word.getKey()) ? metadata : spec)
                .set(word.getKey(), word.getValue());
      }
    }
    return ObjectCodec.read(Kinds.NODE, node);
  }

  /** A pod; it is called p where it has no name. */
  public static Pod pod(@Nullable String words) {
    return pod(yaml("{" + orEmpty(words) + "}"));
  }

  private static Pod pod(JsonNode words) {
    ObjectNode pod = JSON.objectNode();
    ObjectNode metadata = pod.putObject("metadata");
    metadata.put("name", "p").put("namespace", "default");
    ObjectNode spec = pod.putObject("spec");
    ObjectNode container = JSON.objectNode();
    container.put("name", "c").put("image", "app");
    spec.putArray("containers").add(container);
    ObjectNode status = pod.putObject("status");
    status.put("phase", "Pending");
    for (Map.Entry<String, JsonNode> word : words.properties()) {
      JsonNode value = word.getValue();
      switch (word.getKey()) {
        case "requests" -> container.putObject("resources").set("requests", texts(value));
        case "ports", "image" -> container.set(word.getKey(), value);
        case "node" -> spec.set("nodeName", value);
        case "nominated" -> status.set("nominatedNodeName", value);
        case "phase" -> status.set("phase", value);
        case "conditions" -> status.set("conditions", value);
        case "holds" -> {
          ObjectNode held = status.putArray("containerStatuses").addObject().put("name", "c");
          held.putObject("resources").set("requests", texts(value));
          held.set("allocatedResources", texts(value));
        }
        case "started" ->
            status.put("startTime", "2026-01-01T00:00:%02dZ".formatted(value.asInt()));
        case "deleted" -> metadata.put("deletionTimestamp", "2026-01-01T00:00:00Z");
        case "owner" -> {
          String[] owner = Splitter.on('/').splitToList(value.asText()).toArray(String[]::new);
          metadata
              .putArray("ownerReferences")
              .addObject()
              .put("apiVersion", "apps/v1")
              .put("kind", owner[0])
              .put("name", owner[1])
              .put("uid", owner[1])
              .put("controller", true);
        }
        default -> (METADATA.contains(word.getKey()) ? metadata : spec).set(word.getKey(), value);
      }
    }
    return ObjectCodec.read(Kinds.POD, pod);
  }

  private static ObjectNode texts(JsonNode quantities) {
    ObjectNode texts = JSON.objectNode();
    quantities.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  private static JsonNode yaml(String text) {
    return YamlReader.read("case", text).getFirst().content();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }
}
