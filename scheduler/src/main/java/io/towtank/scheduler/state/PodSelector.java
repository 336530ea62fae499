package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import io.towtank.api.LabelSelector;
import io.towtank.api.Selector;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Selects pods by namespace and labels. There is one for all that select the same; what it says of
 * each class of pods is remembered.
 */
public final class PodSelector {
  /** What is selected: any of these namespaces or those that match, and the labels. */
  record Definition(
      ImmutableSortedSet<String> namespaces,
      @Nullable LabelSelector namespaceSelector,
      @Nullable LabelSelector labelSelector,
      ImmutableMap<String, String> extraLabels) {}

  private static final byte YES = 1;
  private static final byte NO = 2;

  private final int id;
  private final Definition definition;
  private final Selector labels;
  private final @Nullable Selector namespaces;
  private final Function<String, ImmutableMap<String, String>> namespaceLabels;
  private byte[] answers = new byte[16];

  PodSelector(
      int id,
      Definition definition,
      Function<String, ImmutableMap<String, String>> namespaceLabels) {
    this.id = id;
    this.definition = definition;
    this.labels = Selector.of(definition.labelSelector);
    this.namespaces =
        definition.namespaceSelector == null ? null : Selector.of(definition.namespaceSelector);
    this.namespaceLabels = namespaceLabels;
  }

  /** Small number, unique in the cluster. */
  public int id() {
    return id;
  }

  /** Whether pods of the class are selected. */
  public boolean matches(LabelClass pods) {
    if (pods.id() >= answers.length) {
      answers = Arrays.copyOf(answers, Math.max(pods.id() + 1, answers.length * 2));
    }
    byte answer = answers[pods.id()];
    if (answer == 0) {
      answer = compute(pods) ? YES : NO;
      answers[pods.id()] = answer;
    }
    return answer == YES;
  }

  private boolean compute(LabelClass pods) {
    if (!definition.namespaces.contains(pods.namespace())
        && (namespaces == null || !namespaces.matches(namespaceLabels.apply(pods.namespace())))) {
      return false;
    }
    for (var extra : definition.extraLabels.entrySet()) {
      if (!extra.getValue().equals(pods.labels().get(extra.getKey()))) {
        return false;
      }
    }
    return labels.matches(pods.labels());
  }

  void namespacesChanged() {
    if (namespaces != null) {
      Arrays.fill(answers, (byte) 0);
    }
  }
}
