package io.towtank.controllers.workload;

import com.google.common.collect.ImmutableList;
import io.towtank.api.LabelSelector;
import io.towtank.api.ObjectKey;
import io.towtank.api.Selector;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells which workloads select an object, without asking each of them: a workload is filed under
 * one label that it requires.
 */
public final class SelectorIndex {
  private static final String ANY = "";

  // namespace → "key=value" of one required label → workload → selector
  private final Map<String, Map<String, Map<ObjectKey, Selector>>> byNamespace = new HashMap<>();

  private long version;

  /** Changes whenever a workload is filed or taken out. */
  public long version() {
    return version;
  }

  /** Files a workload. */
  public void put(ObjectKey workload, LabelSelector selector) {
    version++;
    byNamespace
        .computeIfAbsent(namespace(workload), n -> new HashMap<>())
        .computeIfAbsent(required(selector), label -> new LinkedHashMap<>())
        .put(workload, Selector.of(selector));
  }

  /** Takes a workload out that was filed with that selector. */
  public void remove(ObjectKey workload, LabelSelector selector) {
    version++;
    Map<String, Map<ObjectKey, Selector>> byLabel = byNamespace.get(namespace(workload));
    Map<ObjectKey, Selector> filed = byLabel == null ? null : byLabel.get(required(selector));
    if (byLabel != null && filed != null) {
      filed.remove(workload);
      if (filed.isEmpty()) {
        byLabel.remove(required(selector));
      }
    }
  }

  /** The workloads of a namespace whose selector matches these labels. */
  public ImmutableList<ObjectKey> selecting(
      @Nullable String namespace, Map<String, String> labels) {
    Map<String, Map<ObjectKey, Selector>> byLabel =
        byNamespace.get(namespace == null ? "" : namespace);
    if (byLabel == null) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<ObjectKey> selecting = ImmutableList.builder();
    add(byLabel.get(ANY), labels, selecting);
    labels.forEach((key, value) -> add(byLabel.get(key + "=" + value), labels, selecting));
    return selecting.build();
  }

  private static void add(
      @Nullable Map<ObjectKey, Selector> filed,
      Map<String, String> labels,
      ImmutableList.Builder<ObjectKey> selecting) {
    if (filed != null) {
      filed.forEach((workload, selector) -> {
        if (selector.matches(labels)) {
          selecting.add(workload);
        }
      });
    }
  }

  private static String required(LabelSelector selector) {
    // The last: general labels (app) tend to come before those that tell workloads apart.
    String required = ANY;
    for (Map.Entry<String, String> entry : selector.matchLabels().entrySet()) {
      required = entry.getKey() + "=" + entry.getValue();
    }
    return required;
  }

  private static String namespace(ObjectKey key) {
    String namespace = key.namespace();
    return namespace == null ? "" : namespace;
  }
}
