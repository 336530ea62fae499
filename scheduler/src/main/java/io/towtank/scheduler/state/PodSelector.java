package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import io.towtank.api.LabelSelector;
import io.towtank.api.Selector;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Selects pods by namespace and labels. Selectors of the same definition are equal. */
public final class PodSelector {
  /** What is selected: any of these namespaces or those that match, and the labels. */
  record Definition(
      ImmutableSortedSet<String> namespaces,
      @Nullable LabelSelector namespaceSelector,
      @Nullable LabelSelector labelSelector,
      ImmutableMap<String, String> extraLabels) {}

  /** Selects nothing. */
  public static final PodSelector NOTHING =
      new PodSelector(
          new Definition(ImmutableSortedSet.of(), null, null, ImmutableMap.of()),
          name -> ImmutableMap.of());

  private final Definition definition;
  private final int hash;
  private final Selector labels;
  private final @Nullable Selector namespaces;
  private final ImmutableMap<String, String> requiredLabels;
  private final Function<String, ImmutableMap<String, String>> namespaceLabels;

  PodSelector(
      Definition definition, Function<String, ImmutableMap<String, String>> namespaceLabels) {
    this.definition = definition;
    this.hash = definition.hashCode();
    this.labels = Selector.of(definition.labelSelector);
    this.namespaces =
        definition.namespaceSelector == null ? null : Selector.of(definition.namespaceSelector);
    this.namespaceLabels = namespaceLabels;
    Map<String, String> required = new LinkedHashMap<>(definition.extraLabels);
    required.putAll(labels.requiredLabels());
    this.requiredLabels = ImmutableMap.copyOf(required);
  }

  /** The namespaces that are named. */
  ImmutableSortedSet<String> namespaces() {
    return definition.namespaces;
  }

  /** Whether namespaces are selected by their labels, too. */
  boolean selectsNamespaces() {
    return namespaces != null;
  }

  /** Labels that all selected pods have; there may be further conditions. */
  ImmutableMap<String, String> requiredLabels() {
    return requiredLabels;
  }

  /** Whether no pods are selected, whatever there are. */
  boolean selectsNothing() {
    return labels.equals(Selector.nothing());
  }

  /** Whether there is no condition on labels, so that all pods of the namespaces are selected. */
  public boolean isEmpty() {
    return definition.extraLabels.isEmpty()
        && definition.labelSelector != null
        && definition.labelSelector.matchLabels().isEmpty()
        && definition.labelSelector.matchExpressions().isEmpty();
  }

  /** Whether pods of the class are selected. */
  public boolean matches(LabelClass pods) {
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

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof PodSelector selector
            && hash == selector.hash
            && definition.equals(selector.definition));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
