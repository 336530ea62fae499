package io.towtank.scheduler.extender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Container;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.codec.ObjectCodec;
import io.towtank.scheduler.explain.Decision;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.Status;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An extender, spoken to as kube-scheduler does (kube-scheduler: HTTPExtender; the documents are
 * those of k8s.io/kube-scheduler/extender/v1).
 */
public final class Extender {
  /** The score of an extender's best node. */
  private static final long MAX_EXTENDER_PRIORITY = 10;

  /** What is left of the nodes, and why not the others. */
  public record Filtered(ImmutableSet<String> nodes, ImmutableMap<String, Status> rejected) {}

  /** Pods that would have to leave a node. */
  public record Victims(ImmutableList<Pod> pods, int budgetViolations) {}

  /** What an extender leaves of a node's victims. */
  public record Chosen(ImmutableSet<String> uids, int budgetViolations) {}

  private final ExtenderConfiguration configuration;
  private final ExtenderTransport transport;
  private long calls;
  private long failures;
  private String firstFailure = "";

  /** An extender that is asked through a transport. */
  public Extender(ExtenderConfiguration configuration, ExtenderTransport transport) {
    this.configuration = configuration;
    this.transport = transport;
  }

  /** How it is called in messages. */
  public String name() {
    return configuration.urlPrefix();
  }

  /** Whether the scheduler goes on without it where it fails. */
  public boolean isIgnorable() {
    return configuration.ignorable();
  }

  /** Whether it filters nodes. */
  public boolean filters() {
    return !configuration.filterVerb().isEmpty();
  }

  /** Whether it scores nodes. */
  public boolean prioritizes() {
    return !configuration.prioritizeVerb().isEmpty();
  }

  /** Whether it binds pods. */
  public boolean binds() {
    return !configuration.bindVerb().isEmpty();
  }

  /** Whether it has a say in who is preempted. */
  public boolean preempts() {
    return !configuration.preemptVerb().isEmpty();
  }

  /** Whether it wants to be asked about a pod. */
  public boolean isInterested(Pod pod) {
    Set<String> managed = configuration.managedResources();
    return managed.isEmpty()
        || asks(pod.spec().containers(), managed)
        || asks(pod.spec().initContainers(), managed);
  }

  private static boolean asks(ImmutableList<Container> containers, Set<String> managed) {
    for (Container container : containers) {
      var resources = container.resources();
      if (resources != null
          && (resources.requests().keySet().stream().anyMatch(managed::contains)
              || resources.limits().keySet().stream().anyMatch(managed::contains))) {
        return true;
      }
    }
    return false;
  }

  /** How it did so far. */
  public ExtenderUse use() {
    return new ExtenderUse(name(), calls, failures, firstFailure);
  }

  /** Its answer to a request, which is none where it says that it failed. */
  private JsonNode ask(String verb, JsonNode body) throws ExtenderException {
    calls++;
    JsonNode answer;
    try {
      answer = transport.post(configuration, verb, body);
    } catch (ExtenderException e) {
      throw failed(e);
    }
    String error = field(answer, "Error").asText("");
    if (!error.isEmpty()) {
      throw failed(new ExtenderException(error));
    }
    return answer;
  }

  private ExtenderException failed(ExtenderException failure) {
    failures++;
    if (firstFailure.isEmpty()) {
      firstFailure = String.valueOf(failure.getMessage());
    }
    return failure;
  }

  private ObjectNode about(Pod pod, List<Node> nodes) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("Pod", ObjectCodec.write(pod));
    if (configuration.nodeCacheCapable()) {
      nodes.forEach(node -> array(body, "NodeNames").add(node.name()));
      array(body, "NodeNames");
      body.putNull("Nodes");
    } else {
      ObjectNode list = body.putObject("Nodes");
      list.putObject("metadata");
      ArrayNode items = list.putArray("items");
      nodes.forEach(node -> items.add(ObjectCodec.write(node)));
      body.putNull("NodeNames");
    }
    return body;
  }

  private static ArrayNode array(ObjectNode body, String field) {
    return body.withArrayProperty(field);
  }

  /** A field in whatever case, as Go reads it. */
  private static JsonNode field(JsonNode document, String name) {
    for (Map.Entry<String, JsonNode> field : document.properties()) {
      if (field.getKey().equalsIgnoreCase(name)) {
        return field.getValue();
      }
    }
    return JsonNodeFactory.instance.missingNode();
  }

  /** Which of some nodes fit a pod. */
  public Filtered filter(Pod pod, List<Node> nodes) throws ExtenderException {
    JsonNode answer = ask(configuration.filterVerb(), about(pod, nodes));
    ImmutableSet.Builder<String> left = ImmutableSet.builder();
    JsonNode names = field(answer, "NodeNames");
    if (configuration.nodeCacheCapable() && names.isArray()) {
      names.forEach(name -> left.add(name.asText()));
    } else {
      field(field(answer, "Nodes"), "items")
          .forEach(node -> left.add(node.path("metadata").path("name").asText()));
    }
    Map<String, Status> rejected = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> node : field(answer, "FailedNodes").properties()) {
      rejected.put(node.getKey(), Status.unschedulable(node.getValue().asText()).by(name()));
    }
    for (Map.Entry<String, JsonNode> node :
        field(answer, "FailedAndUnresolvableNodes").properties()) {
      rejected.put(node.getKey(), Status.unresolvable(node.getValue().asText()).by(name()));
    }
    ImmutableSet<String> kept = left.build();
    for (String name : kept) {
      if (nodes.stream().noneMatch(node -> node.name().equals(name))) {
        throw failed(
            new ExtenderException(
                "extender \""
                    + name()
                    + "\" claims a filtered node \""
                    + name
                    + "\" which is not found in the input node list"));
      }
    }
    return new Filtered(kept, ImmutableMap.copyOf(rejected));
  }

  /** Its scores of nodes, from 0 to 10, brought to 0 to 100, and their weight. */
  public ImmutableMap<String, Decision.PluginScore> prioritize(Pod pod, List<Node> nodes)
      throws ExtenderException {
    JsonNode answer = ask(configuration.prioritizeVerb(), about(pod, nodes));
    Map<String, Long> scores = new LinkedHashMap<>();
    for (JsonNode entry : answer) {
      scores.merge(field(entry, "Host").asText(), field(entry, "Score").asLong(), Long::sum);
    }
    long unit = ScorePlugin.MAX_NODE_SCORE / MAX_EXTENDER_PRIORITY;
    int weight = (int) configuration.weight();
    ImmutableMap.Builder<String, Decision.PluginScore> weighted = ImmutableMap.builder();
    scores.forEach(
        (node, score) -> weighted.put(node, new Decision.PluginScore(score, score * unit, weight)));
    return weighted.buildOrThrow();
  }

  /** Has it bind a pod. */
  public void bind(Pod pod, String node) throws ExtenderException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("PodName", pod.name());
    body.put("PodNamespace", pod.metadata().namespace());
    body.put("PodUID", String.valueOf(pod.metadata().uid()));
    body.put("Node", node);
    ask(configuration.bindVerb(), body);
  }

  /** Which of some nodes are left for a preemption, and which victims of each. */
  public ImmutableMap<String, Chosen> preempt(Pod pod, Map<String, Victims> victims)
      throws ExtenderException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("Pod", ObjectCodec.write(pod));
    ObjectNode nodes =
        body.putObject(
            configuration.nodeCacheCapable() ? "NodeNameToMetaVictims" : "NodeNameToVictims");
    victims.forEach((name, its) -> {
      ObjectNode node = nodes.putObject(name);
      ArrayNode pods = node.putArray("Pods");
      for (Pod victim : its.pods()) {
        if (configuration.nodeCacheCapable()) {
          pods.addObject().put("UID", String.valueOf(victim.metadata().uid()));
        } else {
          pods.add(ObjectCodec.write(victim));
        }
      }
      node.put("NumPDBViolations", its.budgetViolations());
    });
    JsonNode answer = ask(configuration.preemptVerb(), body);
    ImmutableMap.Builder<String, Chosen> chosen = ImmutableMap.builder();
    for (Map.Entry<String, JsonNode> node : field(answer, "NodeNameToMetaVictims").properties()) {
      ImmutableSet.Builder<String> uids = ImmutableSet.builder();
      field(node.getValue(), "Pods").forEach(each -> uids.add(field(each, "UID").asText()));
      chosen.put(
          node.getKey(),
          new Chosen(uids.build(), field(node.getValue(), "NumPDBViolations").asInt()));
    }
    return chosen.buildOrThrow();
  }
}
