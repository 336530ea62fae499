package io.towtank.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A rule by which objects of a kind change by themselves (KWOK: Stage).
 *
 * @param kind of the objects that it is for, pods or nodes
 * @param weight among the stages that match
 * @param delay from the object's last change to the stage; null for none
 * @param jitter up to which the delay is drawn evenly; the delay itself where it is the shorter;
 *     null for none
 * @param immediateNext whether the next stage is looked for before the watch tells of this one
 * @param steps what it does, one after another
 */
public record Stage(
    String name,
    Kind<?> kind,
    StageSelector selector,
    StageNumber weight,
    @Nullable StageNumber delay,
    @Nullable StageNumber jitter,
    boolean immediateNext,
    ImmutableList<StageStep> steps) {
  /** Whether it is for an object as it is now. */
  boolean matches(JsonNode document) {
    return selector.matches(document);
  }

  /** How long it waits, in nanoseconds; drawn anew each time. */
  public long delayNanos(JsonNode document, long nowEpochNanos, RandomGenerator random) {
    OptionalLong least =
        delay == null ? OptionalLong.empty() : delay.nanos(document, nowEpochNanos);
    if (least.isEmpty()) {
      return 0;
    }
    OptionalLong most =
        jitter == null ? OptionalLong.empty() : jitter.nanos(document, nowEpochNanos);
    long nanos = least.getAsLong();
    if (most.isPresent()) {
      long bound = most.getAsLong();
      nanos = bound <= nanos ? bound : nanos + random.nextLong(bound - nanos);
    }
    return Math.max(0, nanos);
  }
}
