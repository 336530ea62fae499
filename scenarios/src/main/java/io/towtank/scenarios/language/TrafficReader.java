package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Durations;
import io.towtank.api.ObjectKey;
import io.towtank.manifest.Cursor;
import io.towtank.traffic.DemandCurve;
import io.towtank.traffic.ProxyMode;
import io.towtank.traffic.ServiceDemand;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code traffic}. */
final class TrafficReader {
  private static final long CPU_NANOS = 1_000_000L;
  private static final long DAY_NANOS = Durations.parse("1d");

  private TrafficReader() {}

  static ImmutableList<ServiceDemand> read(Cursor traffic) {
    ImmutableList.Builder<ServiceDemand> demands = ImmutableList.builder();
    Set<ObjectKey> services = new HashSet<>();
    for (Cursor item : traffic.items()) {
      Cursor name = item.required("service");
      ObjectKey service = new ObjectKey(item.field("namespace").text("default"), name.text(""));
      if (!services.add(service)) {
        name.problem("there is traffic to service " + service + " already", null);
      }
      DemandCurve curve = withBursts(item.field("bursts"), curve(item));
      long cpuNanos = Values.parsed(item.field("cpuPerRequest"), Durations::parse, CPU_NANOS);
      ProxyMode proxy =
          Values.parsed(item.field("proxyMode"), ProxyMode::parse, ProxyMode.IPTABLES);
      item.rejectUnknownFields();
      demands.add(new ServiceDemand(service, curve, cpuNanos, proxy));
    }
    return demands.build();
  }

  private static DemandCurve curve(Cursor item) {
    String kind = Values.oneOf(item, "constant", "steps", "diurnal");
    if (kind == null) {
      return new DemandCurve.Constant(0);
    }
    Cursor here = item.field(kind);
    return switch (kind) {
      case "steps" -> steps(here);
      case "diurnal" -> {
        double low = Values.parsed(here.required("low"), Rate::parsePerSecond, 0.0);
        double high = Values.parsed(here.required("high"), Rate::parsePerSecond, 0.0);
        long period = Values.parsed(here.field("period"), Durations::parse, DAY_NANOS);
        here.rejectUnknownFields();
        yield new DemandCurve.Diurnal(low, high, Math.max(1, period));
      }
      default -> new DemandCurve.Constant(Values.parsed(here, Rate::parsePerSecond, 0.0));
    };
  }

  private static DemandCurve steps(Cursor steps) {
    ImmutableList.Builder<DemandCurve.Step> read = ImmutableList.builder();
    long last = -1;
    for (Cursor step : steps.items()) {
      @Nullable Long at = Values.parsed(step.required("at"), Durations::parse);
      double rate = Values.parsed(step.required("rate"), Rate::parsePerSecond, 0.0);
      step.rejectUnknownFields();
      if (at != null && at <= last) {
        step.field("at").problem("steps come in the order of their times", null);
      } else if (at != null) {
        last = at;
        read.add(new DemandCurve.Step(at, rate));
      }
    }
    return new DemandCurve.Steps(read.build());
  }

  private static DemandCurve withBursts(Cursor bursts, DemandCurve base) {
    if (!bursts.isPresent()) {
      return base;
    }
    double rate = Values.parsed(bursts.required("rate"), Rate::parsePerSecond, 0.0);
    long every = Values.parsed(bursts.required("every"), Durations::parse, DAY_NANOS);
    long lasting = Values.parsed(bursts.required("for"), Durations::parse, 0L);
    long first = Values.parsed(bursts.field("start"), Durations::parse, every);
    if (lasting > every) {
      bursts.field("for").problem("a burst cannot last longer than until the next", null);
    }
    bursts.rejectUnknownFields();
    return new DemandCurve.Bursts(base, rate, first, Math.max(1, every), lasting);
  }
}
