package io.towtank.scheduler.state;

import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Classes of pods by namespace and the value of one label. */
final class PodLabelIndex {
  private record Value(String namespace, String text) {}

  private final String label;
  private final Map<Value, IntOpenHashSet> classes = new HashMap<>();

  PodLabelIndex(String label) {
    this.label = label;
  }

  int size() {
    return classes.size();
  }

  /** The classes with a value, null for none. */
  @Nullable IntOpenHashSet classes(String namespace, String value) {
    return classes.get(new Value(namespace, value));
  }

  /** Takes in a class, if it has the label. */
  void add(PodClass pods) {
    Value value = value(pods);
    if (value != null) {
      classes.computeIfAbsent(value, v -> new IntOpenHashSet(2)).add(pods.id);
    }
  }

  void remove(PodClass pods) {
    Value value = value(pods);
    IntOpenHashSet alike = value == null ? null : classes.get(value);
    if (alike != null && alike.remove(pods.id) && alike.isEmpty()) {
      classes.remove(value);
    }
  }

  private @Nullable Value value(PodClass pods) {
    String text = pods.labels().labels().get(label);
    return text == null ? null : new Value(pods.labels().namespace(), text);
  }
}
