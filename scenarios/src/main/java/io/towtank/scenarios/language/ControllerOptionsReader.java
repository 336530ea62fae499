package io.towtank.scenarios.language;

import io.towtank.controllers.ControllerOptions;
import io.towtank.controllers.endpointslice.EndpointSliceOptions;
import io.towtank.controllers.podautoscaler.PodAutoscalerOptions;
import io.towtank.controllers.statefulset.StatefulSetOptions;
import io.towtank.manifest.Cursor;
import io.towtank.validation.FeatureGates;

/** Reads {@code controllerOptions}. */
final class ControllerOptionsReader {
  private ControllerOptionsReader() {}

  /** What of the newest is on: {@code featureGates}, for the API server, too. */
  static FeatureGates featureGates(Cursor options) {
    Cursor gates = options.field("featureGates");
    FeatureGates base = FeatureGates.DEFAULT;
    FeatureGates read =
        new FeatureGates(
            gates.field(FeatureGates.SCALE_TO_ZERO).flag(base.scaleToZero()),
            gates.field(FeatureGates.CONFIGURABLE_TOLERANCE).flag(base.configurableTolerance()));
    gates.rejectUnknownFields();
    return read;
  }

  static ControllerOptions read(Cursor options, FeatureGates gates) {
    Cursor statefulSet = options.field("statefulSet");
    ControllerOptions read =
        new ControllerOptions(
            podAutoscaler(options.field("horizontalPodAutoscaler"), gates),
            new StatefulSetOptions(
                statefulSet
                    .field("maxUnavailable")
                    .flag(StatefulSetOptions.DEFAULT.maxUnavailable())),
            endpointSlice(options.field("endpointSlice")));
    statefulSet.rejectUnknownFields();
    // Has been read before everything that is checked by it.
    options.field("featureGates");
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

  private static PodAutoscalerOptions podAutoscaler(Cursor flags, FeatureGates gates) {
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
            Values.duration(flags.field("initialReadinessDelay"), base.initialReadinessNanos()),
            gates.configurableTolerance());
    flags.rejectUnknownFields();
    return read;
  }
}
