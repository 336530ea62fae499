package io.towtank.scenarios.language;

import io.towtank.api.Durations;
import io.towtank.controllers.ControllerOptions;
import io.towtank.controllers.podautoscaler.PodAutoscalerOptions;
import io.towtank.controllers.statefulset.StatefulSetOptions;
import io.towtank.manifest.Cursor;

/** Reads {@code controllerOptions}. */
final class ControllerOptionsReader {
  private static final long SECOND = 1_000_000_000L;

  private ControllerOptionsReader() {}

  static ControllerOptions read(Cursor options) {
    Cursor statefulSet = options.field("statefulSet");
    ControllerOptions read =
        new ControllerOptions(
            podAutoscaler(options.field("horizontalPodAutoscaler")),
            new StatefulSetOptions(
                statefulSet
                    .field("maxUnavailable")
                    .flag(StatefulSetOptions.DEFAULT.maxUnavailable())));
    statefulSet.rejectUnknownFields();
    options.rejectUnknownFields();
    return read;
  }

  private static PodAutoscalerOptions podAutoscaler(Cursor flags) {
    PodAutoscalerOptions base = PodAutoscalerOptions.DEFAULT;
    Cursor period = flags.field("syncPeriod");
    long every = duration(flags, "syncPeriod", base.syncPeriodNanos());
    if (every < SECOND) {
      period.problem("is less than a second", null);
      every = base.syncPeriodNanos();
    }
    Cursor tolerance = flags.field("tolerance");
    double share = tolerance.number(base.tolerance());
    if (share < 0) {
      tolerance.problem(share + " is less than 0", "0.1 is a tenth more or less");
    }
    PodAutoscalerOptions read =
        new PodAutoscalerOptions(
            every,
            duration(flags, "downscaleStabilization", base.downscaleStabilizationNanos()),
            share,
            duration(flags, "cpuInitializationPeriod", base.cpuInitializationNanos()),
            duration(flags, "initialReadinessDelay", base.initialReadinessNanos()));
    flags.rejectUnknownFields();
    return read;
  }

  private static long duration(Cursor flags, String name, long fallback) {
    return Values.parsed(flags.field(name), Durations::parse, fallback);
  }
}
