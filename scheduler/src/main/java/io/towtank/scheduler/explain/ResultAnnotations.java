package io.towtank.scheduler.explain;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.client.ApiClient;
import io.towtank.scheduler.framework.Status;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * Writes each pod's decision onto the pod, in annotations as kube-scheduler-simulator has them:
 * every plugin's verdict and score for every node, as JSON texts. That is a write more for each
 * decision, and a large one, through the scheduler's own client.
 */
public final class ResultAnnotations implements DecisionObserver {
  private static final String PREFIX = "kube-scheduler-simulator.sigs.k8s.io/";

  /** What each filter said of each node: {@code passed}, or why not. */
  public static final String FILTER_RESULT = PREFIX + "filter-result";

  /** Why the pod was turned down before any node was looked at. */
  public static final String PREFILTER_RESULT = PREFIX + "prefilter-result-status";

  /** The node that would fit without its victims. */
  public static final String POSTFILTER_RESULT = PREFIX + "postfilter-result";

  /** What each plugin gave each node, before normalisation. */
  public static final String SCORE_RESULT = PREFIX + "score-result";

  /** What each plugin gave each node, after normalisation and times its weight. */
  public static final String FINALSCORE_RESULT = PREFIX + "finalscore-result";

  /** The node that was chosen. */
  public static final String SELECTED_NODE = PREFIX + "selected-node";

  private static final String PASSED = "passed";

  private final ApiClient client;

  /** An observer that writes through a client. */
  public ResultAnnotations(ApiClient client) {
    this.client = client;
  }

  @Override
  public boolean wants(Pod pod) {
    return true;
  }

  @Override
  public void decided(Pod pod, Decision decision) {
    ImmutableMap<String, String> annotations = of(decision);
    client.patch(
        Kinds.POD,
        ObjectKey.of(pod),
        current -> annotated(current, annotations),
        (written, error) -> {
          // A pod that is gone meanwhile needs no annotations.
        });
  }

  private static Pod annotated(Pod pod, ImmutableMap<String, String> annotations) {
    Map<String, String> all = new TreeMap<>(pod.metadata().annotations());
    all.keySet().removeIf(key -> key.startsWith(PREFIX));
    all.putAll(annotations);
    return PodBuilder.builder(pod)
        .metadata(
            ObjectMetaBuilder.builder(pod.metadata()).annotations(ImmutableMap.copyOf(all)).build())
        .build();
  }

  /** The annotations that tell of a decision, by key. */
  static ImmutableSortedMap<String, String> of(Decision decision) {
    ImmutableSortedMap.Builder<String, String> annotations = ImmutableSortedMap.naturalOrder();
    Status rejection = decision.preFilter();
    if (rejection != null) {
      annotations.put(
          PREFILTER_RESULT,
          JsonNodeFactory.instance
              .objectNode()
              .put(rejection.plugin(), rejection.message())
              .toString());
    }
    annotations.put(FILTER_RESULT, filters(decision).toString());
    annotations.put(SCORE_RESULT, scores(decision, Decision.PluginScore::raw).toString());
    annotations.put(FINALSCORE_RESULT, scores(decision, Decision.PluginScore::weighted).toString());
    Decision.Preemption preemption = decision.preemption();
    if (preemption != null) {
      ObjectNode nominated = JsonNodeFactory.instance.objectNode();
      nominated.putObject(preemption.node()).put("DefaultPreemption", "preemption victim");
      annotations.put(POSTFILTER_RESULT, nominated.toString());
    }
    if (decision.bound() != null) {
      annotations.put(SELECTED_NODE, decision.bound());
    }
    return annotations.buildOrThrow();
  }

  private static ObjectNode filters(Decision decision) {
    ObjectNode nodes = JsonNodeFactory.instance.objectNode();
    decision
        .scores()
        .keySet()
        .forEach(name -> {
          ObjectNode filters = nodes.putObject(name);
          decision.filters().forEach(filter -> filters.put(filter, PASSED));
        });
    decision
        .infeasible()
        .forEach((name, status) -> {
          ObjectNode filters = nodes.putObject(name);
          int end = decision.filters().indexOf(status.plugin());
          for (int i = 0; i < end; i++) {
            filters.put(decision.filters().get(i), PASSED);
          }
          filters.put(status.plugin(), status.message());
        });
    return nodes;
  }

  private static ObjectNode scores(Decision decision, ToLongFunction<Decision.PluginScore> value) {
    ObjectNode nodes = JsonNodeFactory.instance.objectNode();
    decision
        .scores()
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
