package io.towtank.scheduler.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import com.google.common.base.Utf8;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Durations;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.client.ApiClient;
import io.towtank.scheduler.Profile;
import io.towtank.scheduler.framework.Code;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes each attempt to schedule a pod onto the pod, in the annotations of
 * kube-scheduler-simulator: what every plugin said at every extension point, as JSON texts. They
 * are written when the attempt is over, through the scheduler's own client: a write more for each,
 * and a large one.
 */
public final class ResultAnnotations implements DecisionObserver {
  private static final String PREFIX = "kube-scheduler-simulator.sigs.k8s.io/";

  /** By plugin: the only nodes that its PreFilter left. */
  public static final String PREFILTER_RESULT = PREFIX + "prefilter-result";

  /**
   * What each PreFilter said: {@code success}, nothing where it had nothing to check, or why not.
   */
  public static final String PREFILTER_STATUS = PREFIX + "prefilter-result-status";

  /** What each filter said of each node: {@code passed}, or why not. */
  public static final String FILTER_RESULT = PREFIX + "filter-result";

  /**
   * The nodes that were turned down; with {@code preemption victim} at the one that is nominated.
   */
  public static final String POSTFILTER_RESULT = PREFIX + "postfilter-result";

  /** What each PreScore said. */
  public static final String PRESCORE_RESULT = PREFIX + "prescore-result";

  /** What each plugin gave each node, before normalisation. */
  public static final String SCORE_RESULT = PREFIX + "score-result";

  /** What each plugin gave each node, after normalisation and times its weight. */
  public static final String FINALSCORE_RESULT = PREFIX + "finalscore-result";

  /** What each Reserve said. */
  public static final String RESERVE_RESULT = PREFIX + "reserve-result";

  /** What each Permit said. */
  public static final String PERMIT_RESULT = PREFIX + "permit-result";

  /** For how long Permit has pods wait: it is each plugin's own affair here, so always empty. */
  public static final String PERMIT_TIMEOUT = PREFIX + "permit-result-timeout";

  /** What each PreBind said. */
  public static final String PREBIND_RESULT = PREFIX + "prebind-result";

  /** What each Bind said. */
  public static final String BIND_RESULT = PREFIX + "bind-result";

  /** The node that was chosen; empty for none. */
  public static final String SELECTED_NODE = PREFIX + "selected-node";

  /** All annotations of this attempt and those before, the latest last. */
  public static final String RESULT_HISTORY = PREFIX + "result-history";

  /** Kubernetes allows no more of all annotations of an object (apimachinery: validation). */
  private static final int MOST_BYTES = 256 * 1024;

  private static final String PASSED = "passed";
  private static final String SUCCESS = "success";
  private static final String WAIT = "wait";
  private static final String VICTIM = "preemption victim";
  private static final String LEFT_OUT = "PreFilter";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** An attempt of which the end is not known yet. */
  private static final class Attempt {
    final ImmutableSortedMap<String, String> decided;
    final Map<Step, ObjectNode> answers = new TreeMap<>();
    final ObjectNode timeouts = JSON.objectNode();

    Attempt(ImmutableSortedMap<String, String> decided) {
      this.decided = decided;
    }
  }

  private final ApiClient client;
  private final Function<Pod, @Nullable Profile> profiles;
  private final Map<ObjectKey, Attempt> attempts = new LinkedHashMap<>();

  /**
   * An observer that writes through a client.
   *
   * @param profiles the profile that decides about a pod
   */
  public ResultAnnotations(ApiClient client, Function<Pod, @Nullable Profile> profiles) {
    this.client = client;
    this.profiles = profiles;
  }

  @Override
  public boolean wants(Pod pod) {
    return true;
  }

  @Override
  public void decided(Pod pod, Decision decision) {
    Profile profile = profiles.apply(pod);
    if (profile == null) {
      return;
    }
    attempts.put(ObjectKey.of(pod), new Attempt(of(profile, decision)));
    if (decision.bound() == null) {
      bindingOver(pod);
    }
  }

  @Override
  public void answered(Pod pod, Step step, String plugin, Status status) {
    Attempt attempt = attempts.get(ObjectKey.of(pod));
    if (attempt != null) {
      attempt.answers.computeIfAbsent(step, s -> JSON.objectNode()).put(plugin, answer(status));
    }
  }

  private static String answer(Status status) {
    return status.isSuccess() ? SUCCESS : status.code() == Code.WAIT ? WAIT : status.message();
  }

  @Override
  public void waits(Pod pod, String plugin, long timeoutNanos) {
    Attempt attempt = attempts.get(ObjectKey.of(pod));
    if (attempt != null) {
      attempt.timeouts.put(plugin, Durations.format(timeoutNanos));
    }
  }

  @Override
  public void bindingOver(Pod pod) {
    Attempt attempt = attempts.remove(ObjectKey.of(pod));
    if (attempt == null) {
      return;
    }
    TreeMap<String, String> annotations = new TreeMap<>(attempt.decided);
    annotations.put(RESERVE_RESULT, answers(attempt, Step.RESERVE));
    annotations.put(PERMIT_RESULT, answers(attempt, Step.PERMIT));
    annotations.put(PERMIT_TIMEOUT, attempt.timeouts.toString());
    annotations.put(PREBIND_RESULT, answers(attempt, Step.PRE_BIND));
    annotations.put(BIND_RESULT, answers(attempt, Step.BIND));
    client.patch(
        Kinds.POD,
        ObjectKey.of(pod),
        current -> annotated(current, annotations),
        (written, error) -> {
          // A pod that is gone meanwhile needs no annotations.
        });
  }

  private static String answers(Attempt attempt, Step step) {
    return String.valueOf(attempt.answers.getOrDefault(step, JSON.objectNode()));
  }

  private static Pod annotated(Pod pod, Map<String, String> results) {
    Map<String, String> all = new TreeMap<>(pod.metadata().annotations());
    String before = all.get(RESULT_HISTORY);
    all.putAll(results);
    all.remove(RESULT_HISTORY);
    int others =
        all.entrySet().stream().mapToInt(e -> bytes(e.getKey()) + bytes(e.getValue())).sum();
    all.put(RESULT_HISTORY, history(before, results, MOST_BYTES - others - bytes(RESULT_HISTORY)));
    return PodBuilder.builder(pod)
        .metadata(
            ObjectMetaBuilder.builder(pod.metadata()).annotations(ImmutableMap.copyOf(all)).build())
        .build();
  }

  /** The attempts so far; the first ones are dropped where there is no room for all. */
  private static String history(@Nullable String before, Map<String, String> latest, int room) {
    ArrayNode attempts = JSON.arrayNode();
    if (before != null) {
      try {
        MAPPER.readTree(before).forEach(attempts::add);
      } catch (JsonProcessingException e) {
        // Somebody else wrote that; a history begins anew.
        attempts.removeAll();
      }
    }
    ObjectNode attempt = attempts.addObject();
    latest.forEach(attempt::put);
    String text = attempts.toString();
    while (attempts.size() > 1 && bytes(text) > room) {
      attempts.remove(0);
      text = attempts.toString();
    }
    return text;
  }

  private static int bytes(String text) {
    return Utf8.encodedLength(text);
  }

  /** What is known when the decision is made, by key. */
  static ImmutableSortedMap<String, String> of(Profile profile, Decision decision) {
    // kube-scheduler scores nothing where there is no choice.
    boolean scored = decision.scores().size() > 1;
    return ImmutableSortedMap.<String, String>naturalOrder()
        .put(PREFILTER_RESULT, restrictions(decision).toString())
        .put(PREFILTER_STATUS, preFilters(profile, decision).toString())
        .put(FILTER_RESULT, filters(profile, decision).toString())
        .put(POSTFILTER_RESULT, postFilters(decision).toString())
        .put(PRESCORE_RESULT, scored ? preScores(profile, decision).toString() : "{}")
        .put(SCORE_RESULT, scored ? scores(decision, Decision.PluginScore::raw).toString() : "{}")
        .put(
            FINALSCORE_RESULT,
            scored ? scores(decision, Decision.PluginScore::weighted).toString() : "{}")
        .put(SELECTED_NODE, decision.bound() == null ? "" : decision.bound())
        .buildOrThrow();
  }

  private static List<String> names(List<Plugin> plugins) {
    return plugins.stream().map(Plugin::name).toList();
  }

  /** The nodes that are left where some were left out without being looked at. */
  private static ObjectNode restrictions(Decision decision) {
    ObjectNode restrictions = JSON.objectNode();
    for (Status status : decision.infeasible().values()) {
      if (status.plugin().equals(LEFT_OUT)) {
        String message = status.message();
        String plugins = message.substring(message.indexOf('[') + 1, message.lastIndexOf(']'));
        for (String plugin : Splitter.on(", ").split(plugins)) {
          ArrayNode names = restrictions.putArray(plugin);
          lookedAt(decision).keySet().forEach(names::add);
        }
        return restrictions;
      }
    }
    return restrictions;
  }

  /** Nodes that filters were asked about, with the status of those that one turned down. */
  private static Map<String, @Nullable Status> lookedAt(Decision decision) {
    TreeMap<String, @Nullable Status> nodes = new TreeMap<>();
    decision.scores().keySet().forEach(node -> nodes.put(node, null));
    decision
        .infeasible()
        .forEach((node, status) -> {
          if (!status.plugin().equals(LEFT_OUT)) {
            nodes.put(node, status);
          }
        });
    return nodes;
  }

  private static ObjectNode preFilters(Profile profile, Decision decision) {
    ObjectNode statuses = JSON.objectNode();
    Status rejection = decision.preFilter();
    List<String> filters = names(profile.filters());
    for (String name : names(profile.preFilters())) {
      if (rejection != null && rejection.plugin().equals(name)) {
        return statuses.put(name, rejection.message());
      }
      boolean skipped = filters.contains(name) && !decision.filters().contains(name);
      statuses.put(name, skipped ? "" : SUCCESS);
    }
    return statuses;
  }

  private static ObjectNode filters(Profile profile, Decision decision) {
    List<String> prepared = names(profile.preFilters());
    List<String> asked =
        names(profile.filters()).stream()
            .filter(name -> decision.filters().contains(name) || !prepared.contains(name))
            .toList();
    ObjectNode nodes = JSON.objectNode();
    lookedAt(decision)
        .forEach((node, status) -> {
          ObjectNode filters = nodes.putObject(node);
          for (String name : asked) {
            if (status != null && status.plugin().equals(name)) {
              break;
            }
            filters.put(name, PASSED);
          }
          if (status != null) {
            filters.put(status.plugin(), status.message());
          }
        });
    return nodes;
  }

  private static ObjectNode postFilters(Decision decision) {
    ObjectNode nodes = JSON.objectNode();
    if (decision.bound() == null) {
      Decision.Preemption preemption = decision.preemption();
      for (String node : decision.infeasible().keySet()) {
        ObjectNode plugins = nodes.putObject(node);
        if (preemption != null && preemption.node().equals(node)) {
          plugins.put(Names.DEFAULT_PREEMPTION, VICTIM);
        }
      }
    }
    return nodes;
  }

  private static ObjectNode preScores(Profile profile, Decision decision) {
    Map<String, Decision.PluginScore> given =
        decision.scores().values().iterator().next().plugins();
    ObjectNode statuses = JSON.objectNode();
    for (String name : names(profile.preScores())) {
      statuses.put(name, given.containsKey(name) ? SUCCESS : "");
    }
    return statuses;
  }

  private static ObjectNode scores(Decision decision, ToLongFunction<Decision.PluginScore> value) {
    ObjectNode nodes = JSON.objectNode();
    new TreeMap<>(decision.scores())
        .forEach((name, score) -> {
          ObjectNode plugins = nodes.putObject(name);
          score
              .plugins()
              .forEach(
                  (plugin, its) -> plugins.put(plugin, String.valueOf(value.applyAsLong(its))));
        });
    return nodes;
  }
}
