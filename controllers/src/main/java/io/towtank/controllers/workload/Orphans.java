package io.towtank.controllers.workload;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.KubeObject;
import io.towtank.api.Selector;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Objects without a controller, which a workload whose selector they match will adopt. They are
 * kept by their labels: thousands of bare pods of a few kinds cost a look at each kind.
 */
public final class Orphans<T extends KubeObject> {
  // namespace → labels → name → object
  private final Map<String, Map<ImmutableMap<String, String>, Map<String, T>>> byNamespace =
      new HashMap<>();

  /** Keeps an object, instead of the one of its name and labels. */
  public void put(T object) {
    byNamespace
        .computeIfAbsent(namespace(object), n -> new LinkedHashMap<>())
        .computeIfAbsent(object.metadata().labels(), l -> new LinkedHashMap<>())
        .put(object.name(), object);
  }

  /** Forgets an object; {@code object} bears the labels under which it is kept. */
  public void remove(T object) {
    Map<ImmutableMap<String, String>, Map<String, T>> byLabels = byNamespace.get(namespace(object));
    if (byLabels == null) {
      return;
    }
    Map<String, T> byName = byLabels.get(object.metadata().labels());
    if (byName == null) {
      return;
    }
    byName.remove(object.name());
    if (byName.isEmpty()) {
      byLabels.remove(object.metadata().labels());
    }
  }

  /** The objects of a namespace that a selector matches. */
  public ImmutableList<T> matching(@Nullable String namespace, Selector selector) {
    Map<ImmutableMap<String, String>, Map<String, T>> byLabels =
        byNamespace.get(namespace == null ? "" : namespace);
    if (byLabels == null || byLabels.isEmpty()) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<T> matching = ImmutableList.builder();
    byLabels.forEach((labels, byName) -> {
      if (selector.matches(labels)) {
        matching.addAll(byName.values());
      }
    });
    return matching.build();
  }

  private static String namespace(KubeObject object) {
    String namespace = object.metadata().namespace();
    return namespace == null ? "" : namespace;
  }
}
