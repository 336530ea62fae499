package io.towtank.scenarios.language;

import io.towtank.controllers.ControllerOptions;
import io.towtank.controllers.endpointslice.EndpointSliceOptions;
import io.towtank.controllers.podautoscaler.PodAutoscalerOptions;
import io.towtank.controllers.statefulset.StatefulSetOptions;
import io.towtank.manifest.Cursor;

/** Reads {@code controllerOptions}. */
final class ControllerOptionsReader {
  private ControllerOptionsReader() {}

  static ControllerOptions read(Cursor options) {
    Cursor statefulSet = options.field("statefulSet");
    ControllerOptions read =
        new ControllerOptions(
            podAutoscaler(options.field("horizontalPodAutoscaler")),
            new StatefulSetOptions(
                statefulSet
                    .field("maxUnavailable")
                    .flag(StatefulSetOptions.DEFAULT.maxUnavailable())),
            endpointSlice(options.field("endpointSlice")));
    statefulSet.rejectUnknownFields();
    options.rejectUnknownFields();
    return read;
  }

  private static EndpointSliceOptions endpointSlice(Cursor flags) {
    EndpointSliceOptions base = EndpointSliceOptions.DEFAULT;
    EndpointSliceOptions read =
        new EndpointSliceOptions(
            (int)
                Values.whole(
                    flags.field("maxEndpointsPerSlice"), 1, 1000, base.maxEndpointsPerSlice()),
            Values.duration(flags.field("updatesBatchPeriod"), base.updatesBatchNanos()));
    flags.rejectUnknownFields();
    return read;
  }

  private static PodAutoscalerOptions podAutoscaler(Cursor flags) {
    PodAutoscalerOptions base = PodAutoscalerOptions.DEFAULT;
    long every = Values.period(flags.field("syncPeriod"), base.syncPeriodNanos());
    Cursor tolerance = flags.field("tolerance");
    double share = tolerance.number(base.tolerance());
    if (share < 0) {
      tolerance.problem(share + " is less than 0", "0.1 is a tenth more or less");
    }
    PodAutoscalerOptions read =
        new PodAutoscalerOptions(
            every,
            Values.duration(
                flags.field("downscaleStabilization"), base.downscaleStabilizationNanos()),
            share,
            Values.duration(flags.field("cpuInitializationPeriod"), base.cpuInitializationNanos()),
            Values.duration(flags.field("initialReadinessDelay"), base.initialReadinessNanos()));
    flags.rejectUnknownFields();
    return read;
  }
}
