package io.towtank.controllers.workload;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodCondition;
import io.towtank.api.PodStatus;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.Timestamps;
import org.jspecify.annotations.Nullable;

/** What a controller asks of pods, and how it makes one (pkg/controller: controller_utils.go). */
public final class Pods {
  private static final long SECOND = 1_000_000_000L;
  private static final PodStatus NEW =
      PodStatusBuilder.builder().startTime(Timestamps.NONE).build();

  private Pods() {}

  /** Whether a pod is neither at its end nor being deleted. */
  public static boolean isActive(Pod pod) {
    return !pod.status().phase().isTerminal()
        && pod.metadata().deletionTimestamp() == Timestamps.NONE;
  }

  /** The condition Ready where it is true, null where the pod is not ready. */
  public static @Nullable PodCondition ready(Pod pod) {
    PodCondition ready = pod.status().condition("Ready");
    return ready != null && ready.status() == ConditionStatus.TRUE ? ready : null;
  }

  /**
   * Whether a pod has been ready for long enough (podutil.IsPodAvailable).
   *
   * @param minReadySeconds for how long
   * @param nowNanos the time, in nanoseconds since 1970
   */
  public static boolean isAvailable(Pod pod, int minReadySeconds, long nowNanos) {
    PodCondition ready = ready(pod);
    return ready != null
        && (minReadySeconds == 0
            || (ready.lastTransitionTime() != Timestamps.NONE
                && ready.lastTransitionTime() + minReadySeconds * SECOND < nowNanos));
  }

  /**
   * The pod that a controller asks the API for, without a name. The same instance serves for all
   * pods of a template, so that they share spec, labels, annotations and owners.
   */
  public static Pod fromTemplate(PodTemplateSpec template, KubeObject controller) {
    ObjectMeta own = template.metadata();
    ObjectMeta meta =
        ObjectMetaBuilder.builder()
            .generateName(controller.name() + "-")
            .namespace(controller.metadata().namespace())
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .labels(own.labels())
            .annotations(own.annotations())
            .finalizers(own.finalizers())
            .ownerReferences(ImmutableList.of(ControllerRefs.to(controller)))
            .build();
    return PodBuilder.builder()
        .metadata(meta)
        .spec(template.spec())
        .nodeName(template.nodeName())
        .status(NEW)
        .build();
  }
}
