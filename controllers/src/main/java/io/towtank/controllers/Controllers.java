package io.towtank.controllers;

import com.google.common.collect.ImmutableMap;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.attachdetach.AttachDetachController;
import io.towtank.controllers.cronjob.CronJobController;
import io.towtank.controllers.daemonset.DaemonSetController;
import io.towtank.controllers.deployment.DeploymentController;
import io.towtank.controllers.disruption.DisruptionController;
import io.towtank.controllers.endpointslice.EndpointSliceController;
import io.towtank.controllers.endpointslice.EndpointSliceMirroringController;
import io.towtank.controllers.endpointslice.EndpointSliceOptions;
import io.towtank.controllers.ephemeralvolume.EphemeralVolumeController;
import io.towtank.controllers.garbagecollector.GarbageCollector;
import io.towtank.controllers.job.JobController;
import io.towtank.controllers.namespace.NamespaceController;
import io.towtank.controllers.nodelifecycle.NodeLifecycleController;
import io.towtank.controllers.nodelifecycle.NodeLifecycleOptions;
import io.towtank.controllers.persistentvolume.PersistentVolumeController;
import io.towtank.controllers.podautoscaler.HorizontalPodAutoscalerController;
import io.towtank.controllers.podautoscaler.PodAutoscalerOptions;
import io.towtank.controllers.podautoscaler.ReplicaDecision;
import io.towtank.controllers.podgc.PodGarbageCollector;
import io.towtank.controllers.provisioner.ExternalProvisioner;
import io.towtank.controllers.replicaset.ReplicaSetController;
import io.towtank.controllers.resizer.ExternalResizer;
import io.towtank.controllers.resourcequota.ResourceQuotaController;
import io.towtank.controllers.serviceaccount.NamespaceFurnisher;
import io.towtank.controllers.servicelb.ServiceLoadBalancerController;
import io.towtank.controllers.statefulset.StatefulSetController;
import io.towtank.controllers.statefulset.StatefulSetOptions;
import io.towtank.controllers.tainteviction.TaintEvictionController;
import io.towtank.controllers.ttlafterfinished.TtlAfterFinishedController;
import io.towtank.controllers.verticalpodautoscaler.VerticalPodAutoscalerRecommender;
import io.towtank.controllers.volumeprotection.ClaimProtectionController;
import io.towtank.controllers.volumeprotection.VolumeProtectionController;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The registry of controllers: what a controller manager can run. */
public final class Controllers {
  /** Makes a controller that has not started yet. */
  @FunctionalInterface
  public interface Factory {
    /** A controller that sees and acts through a context of its own. */
    Component create(ComponentContext context);
  }

  /**
   * All of them by their names (kube-controller-manager: names/controller_names.go), in the order
   * in which they are started.
   */
  public static final ImmutableMap<String, Factory> ALL =
      ImmutableMap.<String, Factory>builder()
          .put("deployment-controller", DeploymentController::new)
          .put("replicaset-controller", ReplicaSetController::new)
          .put(
              "statefulset-controller",
              context -> new StatefulSetController(context, StatefulSetOptions.DEFAULT))
          .put("daemonset-controller", DaemonSetController::new)
          .put("job-controller", JobController::new)
          .put("cronjob-controller", CronJobController::new)
          .put("ttl-after-finished-controller", TtlAfterFinishedController::new)
          .put(
              "endpointslice-controller",
              context -> new EndpointSliceController(context, EndpointSliceOptions.DEFAULT))
          .put("endpointslicemirroring-controller", EndpointSliceMirroringController::new)
          .put(ServiceLoadBalancerController.NAME, ServiceLoadBalancerController::new)
          .put("disruption-controller", DisruptionController::new)
          .put(NamespaceFurnisher.SERVICE_ACCOUNT, NamespaceFurnisher::ofAccounts)
          .put(NamespaceFurnisher.ROOT_CERTIFICATES, NamespaceFurnisher::ofCertificates)
          .put("namespace-controller", NamespaceController::new)
          .put("resourcequota-controller", ResourceQuotaController::new)
          .put("garbage-collector-controller", GarbageCollector::new)
          .put(
              "node-lifecycle-controller",
              context -> new NodeLifecycleController(context, NodeLifecycleOptions.DEFAULT))
          .put("taint-eviction-controller", TaintEvictionController::new)
          .put(
              "pod-garbage-collector-controller",
              context ->
                  new PodGarbageCollector(
                      context, PodGarbageCollector.DEFAULT_TERMINATED_THRESHOLD))
          .put("persistentvolume-binder-controller", PersistentVolumeController::new)
          .put("persistentvolume-attach-detach-controller", AttachDetachController::new)
          .put("ephemeral-volume-controller", EphemeralVolumeController::new)
          .put("persistentvolumeclaim-protection-controller", ClaimProtectionController::new)
          .put("persistentvolume-protection-controller", VolumeProtectionController::new)
          // Beside CSI drivers, not in the controller manager.
          .put("external-provisioner", ExternalProvisioner::new)
          .put("external-resizer", ExternalResizer::new)
          .put(
              "horizontal-pod-autoscaler-controller",
              context ->
                  new HorizontalPodAutoscalerController(context, PodAutoscalerOptions.DEFAULT))
          // A Deployment of its own, where it is installed.
          .put(VerticalPodAutoscalerRecommender.NAME, VerticalPodAutoscalerRecommender::new)
          .buildOrThrow();

  private Controllers() {}

  /**
   * As {@link #ALL}, with other options.
   *
   * @param decisions is told what horizontal pod autoscalers decide
   */
  public static ImmutableMap<String, Factory> with(
      ControllerOptions options, Consumer<ReplicaDecision> decisions) {
    Map<String, Factory> factories = new LinkedHashMap<>(ALL);
    factories.put(
        "statefulset-controller",
        context -> new StatefulSetController(context, options.statefulSet()));
    factories.put(
        "endpointslice-controller",
        context -> new EndpointSliceController(context, options.endpointSlice()));
    factories.put(
        "horizontal-pod-autoscaler-controller",
        context ->
            new HorizontalPodAutoscalerController(context, options.podAutoscaler(), decisions));
    return ImmutableMap.copyOf(factories);
  }
}
