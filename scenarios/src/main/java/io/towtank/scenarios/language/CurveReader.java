package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Durations;
import io.towtank.manifest.Cursor;
import io.towtank.scenarios.trace.DemandTable;
import io.towtank.traffic.DemandCurve;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads curves: {@code constant}, {@code steps}, {@code diurnal} or {@code table}, with {@code
 * bursts} on top.
 */
final class CurveReader {
  private static final long DAY_NANOS = Durations.parse("1d");

  private final ManifestSources sources;
  private final String value;
  private final Function<String, Double> parser;

  /**
   * @param value what steps, bursts and the column of a table call how much it is
   * @param parser of how much it is
   */
  CurveReader(ManifestSources sources, String value, Function<String, Double> parser) {
    this.sources = sources;
    this.value = value;
    this.parser = parser;
  }

  /** The curve whose fields are among those here. */
  DemandCurve read(Cursor item) {
    return read(item, Values.oneOf(item, "constant", "steps", "diurnal", "table"));
  }

  /** The curve of a kind, of which it is known that it is there; null for none. */
  DemandCurve read(Cursor item, @Nullable String kind) {
    return withBursts(
        item.field("bursts"),
        kind == null ? new DemandCurve.Constant(0) : curve(kind, item.field(kind)));
  }

  private DemandCurve curve(String kind, Cursor here) {
    return switch (kind) {
      case "steps" -> steps(here);
      case "table" -> {
        Path file = sources.file(here);
        ImmutableList<DemandCurve.Step> rows =
            file == null ? ImmutableList.of() : sources.table(() -> DemandTable.read(file, value));
        yield rows.isEmpty() ? new DemandCurve.Constant(0) : new DemandCurve.Table(rows);
      }
      case "diurnal" -> {
        double low = Values.parsed(here.required("low"), parser, 0.0);
        double high = Values.parsed(here.required("high"), parser, 0.0);
        long period = Values.duration(here.field("period"), DAY_NANOS);
        here.rejectUnknownFields();
        yield new DemandCurve.Diurnal(low, high, Math.max(1, period));
      }
      default -> new DemandCurve.Constant(Values.parsed(here, parser, 0.0));
    };
  }

  private DemandCurve steps(Cursor steps) {
    ImmutableList.Builder<DemandCurve.Step> read = ImmutableList.builder();
    long last = -1;
    for (Cursor step : steps.items()) {
      @Nullable Long at = Values.parsed(step.required("at"), Durations::parse);
      double much = Values.parsed(step.required(value), parser, 0.0);
      step.rejectUnknownFields();
      if (at != null && at <= last) {
        step.field("at").problem("steps come in the order of their times", null);
      } else if (at != null) {
        last = at;
        read.add(new DemandCurve.Step(at, much));
      }
    }
    return new DemandCurve.Steps(read.build());
  }

  private DemandCurve withBursts(Cursor bursts, DemandCurve base) {
    if (!bursts.isPresent()) {
      return base;
    }
    double much = Values.parsed(bursts.required(value), parser, 0.0);
    long every = Values.duration(bursts.required("every"), DAY_NANOS);
    long lasting = Values.duration(bursts.required("for"), 0L);
    long first = Values.duration(bursts.field("start"), every);
    if (lasting > every) {
      bursts.field("for").problem("a burst cannot last longer than until the next", null);
    }
    bursts.rejectUnknownFields();
    return new DemandCurve.Bursts(base, much, first, Math.max(1, every), lasting);
  }
}
