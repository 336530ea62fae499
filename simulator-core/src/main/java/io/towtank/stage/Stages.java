package io.towtank.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The stages of one kind, of which some match an object and one is next. */
public final class Stages {
  private final ImmutableList<Stage> stages;

  private Stages(ImmutableList<Stage> stages) {
    this.stages = stages;
  }

  /** Those of a kind. */
  public static Stages of(ImmutableList<Stage> all, Kind<?> kind) {
    return new Stages(
        all.stream()
            .filter(stage -> stage.kind().equals(kind))
            .collect(ImmutableList.toImmutableList()));
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return stages.isEmpty();
  }

  /** Whether one of them is for an object as it is now. */
  public boolean match(JsonNode document) {
    return stages.stream().anyMatch(stage -> stage.matches(document));
  }

  /**
   * The stage that is next for an object: of all that match, one by weight. One without weight
   * comes only where none has any (KWOK: lifecycle.go).
   *
   * @return null where none matches
   */
  public @Nullable Stage next(JsonNode document, RandomGenerator random) {
    List<Stage> matching = stages.stream().filter(stage -> stage.matches(document)).toList();
    if (matching.size() < 2) {
      return matching.isEmpty() ? null : matching.get(0);
    }
    List<Stage> weightless = new ArrayList<>();
    long total = 0;
    long[] weights = new long[matching.size()];
    for (int i = 0; i < weights.length; i++) {
      OptionalLong weight = matching.get(i).weight().weight(document);
      weights[i] = Math.max(0, weight.orElse(0));
      total += weights[i];
      if (weight.isPresent()) {
        weightless.add(matching.get(i));
      }
    }
    if (total == 0) {
      List<Stage> among = weightless.isEmpty() ? matching : weightless;
      return among.get(random.nextInt(among.size()));
    }
    long drawn = random.nextLong(total);
    int chosen = 0;
    while (drawn >= weights[chosen]) {
      drawn -= weights[chosen++];
    }
    return matching.get(chosen);
  }
}
