package io.towtank.controllers;

import io.towtank.controllers.endpointslice.EndpointSliceOptions;
import io.towtank.controllers.podautoscaler.PodAutoscalerOptions;
import io.towtank.controllers.statefulset.StatefulSetOptions;

/** What of controllers can be set, as by kube-controller-manager's flags and feature gates. */
public record ControllerOptions(
    PodAutoscalerOptions podAutoscaler,
    StatefulSetOptions statefulSet,
    EndpointSliceOptions endpointSlice) {
  /** As kube-controller-manager comes. */
  public static final ControllerOptions DEFAULT =
      new ControllerOptions(
          PodAutoscalerOptions.DEFAULT, StatefulSetOptions.DEFAULT, EndpointSliceOptions.DEFAULT);
}
