package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decides whether an object's labels match (apimachinery: labels.Selector). */
public final class Selector {
  private static final Selector EVERYTHING = new Selector(ImmutableList.of());
  private static final Selector NOTHING = new Selector(null);

  /** All of them have to be met; null where nothing matches. */
  private final @Nullable ImmutableList<LabelRequirement> requirements;

  private final ImmutableMap<String, String> requiredLabels;

  private Selector(@Nullable ImmutableList<LabelRequirement> requirements) {
    this.requirements = requirements;
    Map<String, String> required = new LinkedHashMap<>();
    for (LabelRequirement requirement : requirements()) {
      if (requirement.isExact()) {
        // Of two that contradict each other either will do: nothing meets both.
        required.put(requirement.key(), requirement.values().getFirst());
      }
    }
    this.requiredLabels = ImmutableMap.copyOf(required);
  }

  /** Matches all labels. */
  public static Selector everything() {
    return EVERYTHING;
  }

  /** Matches no labels. */
  public static Selector nothing() {
    return NOTHING;
  }

  /**
   * The selector of a LabelSelector: none selects nothing, an empty one everything
   * (metav1.LabelSelectorAsSelector).
   *
   * @throws IllegalArgumentException where a key, an operator or a value breaks a rule
   */
  public static Selector of(@Nullable LabelSelector selector) {
    if (selector == null) {
      return NOTHING;
    }
    ImmutableList.Builder<LabelRequirement> requirements = ImmutableList.builder();
    selector
        .matchLabels()
        .forEach((key, value) ->
            requirements.add(
                LabelRequirement.checked(
                    key, LabelRequirement.Operator.EQUALS, ImmutableList.of(value))));
    for (LabelSelectorRequirement expression : selector.matchExpressions()) {
      requirements.add(
          LabelRequirement.checked(expression.key(), operator(expression), expression.values()));
    }
    return of(requirements.build());
  }

  private static LabelRequirement.Operator operator(LabelSelectorRequirement expression) {
    return switch (expression.operator()) {
      case "In" -> LabelRequirement.Operator.IN;
      case "NotIn" -> LabelRequirement.Operator.NOT_IN;
      case "Exists" -> LabelRequirement.Operator.EXISTS;
      case "DoesNotExist" -> LabelRequirement.Operator.DOES_NOT_EXIST;
      case null, default ->
          throw new IllegalArgumentException(
              "\""
                  + expression.operator()
                  + "\" is not a valid label selector operator; In, NotIn, Exists and DoesNotExist"
                  + " are");
    };
  }

  /**
   * The selector of a plain map, as a Service has: empty matches everything. Nothing is checked.
   */
  public static Selector ofLabels(Map<String, String> labels) {
    return of(
        labels.entrySet().stream()
            .map(entry ->
                new LabelRequirement(
                    entry.getKey(),
                    LabelRequirement.Operator.EQUALS,
                    ImmutableList.of(entry.getValue())))
            .collect(ImmutableList.toImmutableList()));
  }

  /**
   * Reads a selector as kubectl and the API take it, as in {@code app=web,tier in (a,b),!gone}
   * (labels.Parse). The empty text matches everything.
   *
   * @throws IllegalArgumentException where the text is none; the message is that of Kubernetes
   */
  public static Selector parse(String text) {
    return of(new SelectorParser(text).parse());
  }

  private static Selector of(List<LabelRequirement> requirements) {
    return requirements.isEmpty()
        ? EVERYTHING
        : new Selector(
            ImmutableList.sortedCopyOf(Comparator.comparing(LabelRequirement::key), requirements));
  }

  /** Whether labels match. */
  public boolean matches(Map<String, String> labels) {
    ImmutableList<LabelRequirement> all = requirements;
    if (all == null) {
      return false;
    }
    for (int i = 0; i < all.size(); i++) {
      if (!all.get(i).matches(labels)) {
        return false;
      }
    }
    return true;
  }

  /** Whether every object matches. */
  public boolean isEverything() {
    return requirements != null && requirements.isEmpty();
  }

  /** What labels have to meet, in order of the keys; empty also where nothing matches. */
  public ImmutableList<LabelRequirement> requirements() {
    return requirements == null ? ImmutableList.of() : requirements;
  }

  /**
   * Labels that everything has that is selected, as {@code app=web} demands; there may be further
   * conditions. It is where a search by index starts.
   */
  public ImmutableMap<String, String> requiredLabels() {
    return requiredLabels;
  }

  /** Two selectors are the same where their conditions are. */
  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Selector selector
            && Objects.equals(requirements, selector.requirements));
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(toString());
  }

  /** The canonical form, which {@link #parse} reads again; empty also where nothing matches. */
  @Override
  public String toString() {
    return String.join(",", requirements().stream().map(LabelRequirement::toString).toList());
  }
}
