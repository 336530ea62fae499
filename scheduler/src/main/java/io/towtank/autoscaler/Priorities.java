package io.towtank.autoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.GenericObject;
import io.towtank.api.ObjectKey;
import io.towtank.component.ComponentContext;
import io.towtank.environment.Configuration;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.YamlDocument;
import io.towtank.manifest.YamlReader;
import io.towtank.store.WatchListener;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Expander#PRIORITY} goes by: the ConfigMap {@code
 * kube-system/cluster-autoscaler-priority-expander}, where there is one, else the options
 * (cluster-autoscaler: expander/priority).
 */
public final class Priorities {
  /** The ConfigMap. */
  public static final ObjectKey KEY =
      new ObjectKey("kube-system", "cluster-autoscaler-priority-expander");

  private final ComponentContext context;
  private final ImmutableSortedMap<Integer, ImmutableList<Pattern>> otherwise;
  private ImmutableSortedMap<Integer, ImmutableList<Pattern>> present;

  Priorities(ComponentContext context, ClusterAutoscalerOptions options) {
    this.context = context;
    this.otherwise = options.priorities();
    this.present = otherwise;
    if (options.expanders().contains(Expander.PRIORITY)) {
      context
          .informers()
          .informer(Configuration.CONFIG_MAP)
          .addHandler(WatchListener.ofEach((previous, current) -> seen(previous, current)));
    }
  }

  /** Patterns of groups' names; the highest number counts. */
  ImmutableSortedMap<Integer, ImmutableList<Pattern>> get() {
    return present;
  }

  private void seen(@Nullable GenericObject previous, @Nullable GenericObject current) {
    if (current == null) {
      if (previous != null && ObjectKey.of(previous).equals(KEY)) {
        present = otherwise;
      }
    } else if (ObjectKey.of(current).equals(KEY)) {
      try {
        present = read(current);
      } catch (IllegalArgumentException e) {
        // Nobody's priorities: all groups are as good.
        present = ImmutableSortedMap.of();
        context
            .recorder()
            .event(
                current,
                ClusterAutoscaler.NAME,
                "Warning",
                "PriorityConfigMapInvalid",
                "Wrong configuration for priority expander: %s. Ignoring update."
                    .formatted(e.getMessage()));
      }
    }
  }

  /**
   * Reads a ConfigMap.
   *
   * @throws IllegalArgumentException where it has no priorities, or not in their form
   */
  static ImmutableSortedMap<Integer, ImmutableList<Pattern>> read(GenericObject map) {
    JsonNode data = map.content().get("data");
    String text = data == null ? "" : data.path("priorities").asText();
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          "priority configuration in %s configmap is empty; please provide valid configuration"
              .formatted(KEY.name()));
    }
    ImmutableSortedMap.Builder<Integer, ImmutableList<Pattern>> priorities =
        ImmutableSortedMap.naturalOrder();
    try {
      List<YamlDocument> documents = YamlReader.read(KEY.name(), text);
      for (YamlDocument document : documents) {
        for (Map.Entry<String, JsonNode> entry : document.content().properties()) {
          if (!entry.getValue().isArray()) {
            throw new IllegalArgumentException(
                "priority %s has no list of patterns, as in \"%s:\\n- .*\""
                    .formatted(entry.getKey(), entry.getKey()));
          }
          ImmutableList.Builder<Pattern> patterns = ImmutableList.builder();
          entry.getValue().forEach(pattern -> patterns.add(Pattern.compile(pattern.asText())));
          priorities.put(Integer.valueOf(entry.getKey()), patterns.build());
        }
      }
    } catch (ManifestException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return priorities.buildOrThrow();
  }
}
