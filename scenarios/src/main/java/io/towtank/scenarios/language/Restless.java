package io.towtank.scenarios.language;

import io.towtank.api.CronJob;
import io.towtank.api.Durations;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.Note;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What keeps a run from ever being idle. Where nobody says when such a run ends, it ends after a
 * day, and its author is told.
 */
final class Restless {
  private static final long LIMIT_NANOS = Durations.parse("1d");

  private Restless() {}

  /** A scenario that ends some day, and what its author should know; no note where all is well. */
  record Result(Scenario scenario, @Nullable Note note) {}

  /**
   * Makes sure that a scenario ends.
   *
   * @param endSaid whether its author says when it does
   */
  static Result bounded(Scenario scenario, boolean endSaid) {
    if (!(scenario.end().until() instanceof End.Until.Idle)
        || scenario.end().limitNanos() < End.DEFAULT.limitNanos()
        || !scenario.controllers().runs("cronjob-controller")) {
      return new Result(scenario, null);
    }
    List<ManifestDocument> documents = new ArrayList<>(scenario.objects());
    for (TimelineEntry entry : scenario.timeline()) {
      if (entry.action() instanceof Action.Apply apply) {
        documents.addAll(apply.objects());
      }
    }
    for (ManifestDocument document : documents) {
      if (document.object() instanceof CronJob job && !Boolean.TRUE.equals(job.spec().suspend())) {
        End end = endSaid ? scenario.end() : new End(scenario.end().until(), limit(scenario));
        return new Result(
            ScenarioBuilder.builder(scenario).end(end).build(),
            new Note(
                document.source(),
                document.position().line(),
                document.position().column(),
                "with a CronJob a run is never idle: this one ends after "
                    + Durations.format(end.limitNanos())
                    + "; say when it is to end, as with --until 6h, or end: {until: 6h} in the"
                    + " scenario"));
      }
    }
    return new Result(scenario, null);
  }

  /** A day, and one after the last thing that the timeline does. */
  private static long limit(Scenario scenario) {
    long last = 0;
    for (TimelineEntry entry : scenario.timeline()) {
      last = Math.max(last, entry.firstNanos());
    }
    return last + LIMIT_NANOS;
  }
}
