package io.towtank.api;

import com.google.common.collect.ImmutableMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides whether an object's labels match (apimachinery: labels.Selector). */
public final class Selector {
  private final @Nullable LabelSelector selector;

  private Selector(@Nullable LabelSelector selector) {
    this.selector = selector;
  }

  /** The selector of a LabelSelector: none selects nothing, an empty one everything. */
  public static Selector of(@Nullable LabelSelector selector) {
    return new Selector(selector);
  }

  /**
   * Labels that everything has that is selected, as {@code app=web} demands; there may be further
   * conditions. It is where a search by index starts.
   */
  public ImmutableMap<String, String> requiredLabels() {
    return selector == null ? ImmutableMap.of() : selector.matchLabels();
  }

  /** Whether labels match. */
  public boolean matches(Map<String, String> labels) {
    if (selector == null) {
      return false;
    }
    for (Map.Entry<String, String> entry : selector.matchLabels().entrySet()) {
      if (!entry.getValue().equals(labels.get(entry.getKey()))) {
        return false;
      }
    }
    for (LabelSelectorRequirement requirement : selector.matchExpressions()) {
      String value = labels.get(requirement.key());
      boolean matches =
          switch (requirement.operator()) {
            case "In" -> value != null && requirement.values().contains(value);
            case "NotIn" -> value == null || !requirement.values().contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default ->
                throw new IllegalArgumentException(
                    "\"" + requirement.operator() + "\" is not a valid label selector operator");
          };
      if (!matches) {
        return false;
      }
    }
    return true;
  }
}
