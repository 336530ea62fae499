package io.towtank.node;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Pod;
import io.towtank.api.Selector;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What containers do, said for many at once and not by an annotation of each pod.
 *
 * @param namespace in which the pods are; null for any
 * @param selector what the pods' labels match; null for any
 * @param container the containers' name; null for any
 * @param values what would stand in the annotations of {@link AnnotatedBehaviour}, by their names
 */
public record BehaviourRule(
    @Nullable String namespace,
    @Nullable Selector selector,
    @Nullable String container,
    ImmutableMap<String, String> values) {
  private boolean isFor(Pod pod, String name) {
    return (namespace == null || namespace.equals(pod.metadata().namespace()))
        && (container == null || container.equals(name))
        && (selector == null || selector.matches(pod.metadata().labels()));
  }

  /**
   * What is said of a container: what its pod's annotations say, and else what the first rule says
   * that is for it and says something.
   */
  static ImmutableMap<String, String> of(
      ImmutableList<BehaviourRule> rules, Pod pod, String container) {
    ImmutableMap<String, String> annotations = pod.metadata().annotations();
    Map<String, String> said = null;
    for (BehaviourRule rule : rules) {
      if (rule.isFor(pod, container)) {
        said = said == null ? new HashMap<>(annotations) : said;
        for (Map.Entry<String, String> value : rule.values().entrySet()) {
          said.putIfAbsent(value.getKey(), value.getValue());
        }
      }
    }
    return said == null ? annotations : ImmutableMap.copyOf(said);
  }
}
