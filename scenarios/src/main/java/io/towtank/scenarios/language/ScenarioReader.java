package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Timestamps;
import io.towtank.controllers.Controllers;
import io.towtank.manifest.Cursor;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlDocument;
import io.towtank.node.EvictionOptions;
import io.towtank.node.ImageSizes;
import io.towtank.scenarios.expression.Expectation;
import io.towtank.scenarios.expression.ExpressionParser;
import io.towtank.scenarios.expression.Expressions;
import io.towtank.stage.Stage;
import io.towtank.validation.DidYouMean;
import io.towtank.validation.FeatureGates;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the document of a scenario. Problems go to the cursor's. */
final class ScenarioReader {
  static final String API_VERSION = "towtank.io/v1";
  static final String KIND = "Scenario";

  private final Problems problems;
  private final ManifestSources sources;
  private final SchedulerReader schedulerReader;

  ScenarioReader(ManifestSources sources, SchedulerReader schedulerReader, Problems problems) {
    this.problems = problems;
    this.sources = sources;
    this.schedulerReader = schedulerReader;
  }

  /**
   * Reads a scenario.
   *
   * @param more objects beside those that the scenario names
   * @param configuration the scheduler's, which goes before the scenario's own; null for none
   */
  Scenario read(
      Cursor scenario, ImmutableList<ManifestDocument> more, @Nullable YamlDocument configuration) {
    scenario.required("apiVersion").word(ImmutableList.of(API_VERSION), API_VERSION);
    scenario.required("kind").word(ImmutableList.of(KIND), KIND);
    Cursor metadata = scenario.required("metadata");
    FeatureGates gates = sources.featureGates();
    Cursor kubelet = scenario.field("kubelet");
    EvictionOptions eviction = KubeletReader.read(kubelet);
    Cluster cluster =
        new ClusterReader(sources, KubeletReader.reservation(kubelet, eviction))
            .read(scenario.field("cluster"));
    kubelet.rejectUnknownFields();
    References references = new References(problems);
    Scenario read =
        ScenarioBuilder.builder()
            .name(metadata.required("name").text(""))
            .description(metadata.field("description").text("").strip())
            .seed(Values.whole(scenario.field("seed"), 0, Long.MAX_VALUE, Scenario.DEFAULT_SEED))
            .startEpochNanos(
                Values.parsed(
                    scenario.field("start"), ScenarioReader::date, Scenario.DEFAULT_START_NANOS))
            .cluster(cluster)
            .apiServer(ApiServerReader.read(scenario.field("apiServer"), gates))
            .autoscaling(AutoscalerReader.options(scenario.field("clusterAutoscaler"), cluster))
            .schedulerConfiguration(
                schedulerReader.read(scenario.field("scheduler"), sources, configuration))
            .latency(LatencyReader.read(scenario.field("latency")))
            .controllers(controllers(scenario.field("controllers")))
            .controllerOptions(
                ControllerOptionsReader.read(scenario.field("controllerOptions"), gates))
            .images(images(scenario.field("images")))
            .eviction(eviction)
            .storeEvents(scenario.field("storeEvents").flag(false))
            .objects(
                ImmutableList.<ManifestDocument>builder()
                    .addAll(sources.objects(scenario.field("manifests")))
                    .addAll(more)
                    .build())
            .behaviours(BehaviourReader.read(scenario.field("behaviours")))
            .stages(stages(scenario.field("stages")))
            .arrivals(new ArrivalsReader(sources, references).read(scenario.field("arrivals")))
            .traffic(new TrafficReader(sources, references).read(scenario.field("traffic")))
            .metrics(new MetricsReader(sources, references).read(scenario.field("metrics")))
            .timeline(new TimelineReader(sources, references).read(scenario.field("timeline")))
            .end(end(scenario.field("end")))
            .expectations(expectations(scenario.field("expectations"), references))
            .build();
    AutoscalerReader.requirePriorities(scenario.field("clusterAutoscaler"), read);
    metadata.rejectUnknownFields();
    scenario.rejectUnknownFields();
    references.check(read);
    return read;
  }

  private ImmutableList<Stage> stages(Cursor field) {
    sources.stagesOnly(field);
    return sources.stages();
  }

  private static long date(String text) {
    try {
      return Timestamps.parse(text);
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no date; write it as in 2026-01-01T00:00:00Z", e);
    }
  }

  private static ControllerChoice controllers(Cursor controllers) {
    if (!controllers.isPresent()) {
      return ControllerChoice.ALL;
    }
    ImmutableList.Builder<String> entries = ImmutableList.builder();
    for (Cursor item : controllers.items()) {
      String entry = item.text("*");
      String name = entry.startsWith("-") ? entry.substring(1) : entry;
      if (!name.equals("*") && !Controllers.ALL.containsKey(name)) {
        item.problem(
            "there is no controller \"" + name + "\"",
            DidYouMean.advice(name, Controllers.ALL.keySet()));
      }
      entries.add(entry);
    }
    return new ControllerChoice(entries.build());
  }

  private static ImageSizes images(Cursor images) {
    ImmutableMap.Builder<String, Long> bytes = ImmutableMap.builder();
    for (Map.Entry<String, Cursor> size : images.field("sizes").entries().entrySet()) {
      bytes.put(size.getKey(), Values.parsed(size.getValue(), Sizes::parse, 0L));
    }
    for (Cursor missing : images.field("missing").items()) {
      String name = missing.text("");
      if (images.field("sizes").node().has(name)) {
        missing.problem("\"" + name + "\" has a size, and so it is somewhere", null);
      } else {
        bytes.put(name, ImageSizes.MISSING);
      }
    }
    long otherwise =
        Values.parsed(images.field("default"), Sizes::parse, ImageSizes.DEFAULT.defaultBytes());
    images.rejectUnknownFields();
    return new ImageSizes(bytes.buildKeepingLast(), otherwise);
  }

  private static End end(Cursor end) {
    End.Until until = Values.parsed(end.field("until"), End.Until::parse, End.DEFAULT.until());
    Cursor limit = end.field("limit");
    long limitNanos = Values.duration(limit, End.DEFAULT.limitNanos());
    if (until instanceof End.Until.Time && limit.isPresent()) {
      limit.problem("a limit says nothing where \"until\" is a time", null);
    }
    end.rejectUnknownFields();
    return new End(until, limitNanos);
  }

  private static ImmutableList<Scenario.ExpectationEntry> expectations(
      Cursor expectations, References references) {
    ImmutableList.Builder<Scenario.ExpectationEntry> entries = ImmutableList.builder();
    for (Cursor item : expectations.items()) {
      boolean plain = item.node().isTextual();
      @Nullable Expectation expectation =
          Values.parsed(plain ? item : item.required("that"), ExpressionParser::expectation);
      String because = plain ? "" : item.field("because").text("");
      if (!plain) {
        item.rejectUnknownFields();
      }
      if (expectation != null) {
        references.fields(
            plain ? item : item.field("that"), Expressions.in(expectation.condition()));
        entries.add(new Scenario.ExpectationEntry(expectation, because));
      }
    }
    return entries.build();
  }
}
