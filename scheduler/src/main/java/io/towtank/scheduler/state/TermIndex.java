package io.towtank.scheduler.state;

import it.unimi.dsi.fastutil.ints.IntIterator;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** The terms of one kind of the pods on rows: who has them, and which are about a pod. */
final class TermIndex {
  private record Label(String namespace, String key, String value) {}

  private final Map<AffinityTerm, IntOpenHashSet> owners = new HashMap<>();
  // A term is found by a label that pods must have to be selected, in each namespace.
  private final Map<Label, Set<AffinityTerm>> byLabel = new HashMap<>();
  // Where there is no such label, or where namespaces are selected by theirs.
  private final Set<AffinityTerm> others = new LinkedHashSet<>();

  int size() {
    return owners.size() + byLabel.size() + others.size();
  }

  /** Takes in a class that has a term; says whether none had it before. */
  boolean add(AffinityTerm term, int podClass) {
    IntOpenHashSet its = owners.get(term);
    if (its != null) {
      its.add(podClass);
      return false;
    }
    owners.put(term, new IntOpenHashSet(new int[] {podClass}));
    PodSelector selector = term.selector();
    if (isFoundByLabel(selector)) {
      for (String namespace : selector.namespaces()) {
        byLabel.computeIfAbsent(label(selector, namespace), l -> new LinkedHashSet<>()).add(term);
      }
    } else {
      others.add(term);
    }
    return true;
  }

  /** A class that has a term is gone; says whether none has it any more. */
  boolean remove(AffinityTerm term, int podClass) {
    IntOpenHashSet its = owners.get(term);
    if (its == null || !its.remove(podClass) || !its.isEmpty()) {
      return false;
    }
    owners.remove(term);
    PodSelector selector = term.selector();
    if (isFoundByLabel(selector)) {
      for (String namespace : selector.namespaces()) {
        Label label = label(selector, namespace);
        Set<AffinityTerm> alike = byLabel.get(label);
        if (alike != null && alike.remove(term) && alike.isEmpty()) {
          byLabel.remove(label);
        }
      }
    } else {
      others.remove(term);
    }
    return true;
  }

  private static boolean isFoundByLabel(PodSelector selector) {
    return !selector.selectsNamespaces() && !selector.requiredLabels().isEmpty();
  }

  private static Label label(PodSelector selector, String namespace) {
    var first = selector.requiredLabels().entrySet().iterator().next();
    return new Label(namespace, first.getKey(), first.getValue());
  }

  /** Tells the classes that have a term. */
  void owners(AffinityTerm term, IntConsumer consumer) {
    IntOpenHashSet its = owners.get(term);
    if (its != null) {
      for (IntIterator ids = its.iterator(); ids.hasNext(); ) {
        consumer.accept(ids.nextInt());
      }
    }
  }

  /** Tells the terms that select some pods. */
  void about(LabelClass pods, Consumer<AffinityTerm> consumer) {
    if (owners.isEmpty()) {
      return;
    }
    for (var label : pods.labels().entrySet()) {
      Set<AffinityTerm> terms =
          byLabel.get(new Label(pods.namespace(), label.getKey(), label.getValue()));
      if (terms != null) {
        tell(terms, pods, consumer);
      }
    }
    tell(others, pods, consumer);
  }

  private static void tell(
      Set<AffinityTerm> terms, LabelClass pods, Consumer<AffinityTerm> consumer) {
    for (AffinityTerm term : terms) {
      if (term.selector().matches(pods)) {
        consumer.accept(term);
      }
    }
  }
}
