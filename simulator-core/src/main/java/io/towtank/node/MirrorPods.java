package io.towtank.node;

import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodStatus;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/**
 * Shows static pods to the API. Each has a mirror there, by which its kubelet knows it: one that
 * somebody deletes is made again, and the pod runs on (kubelet: pod/mirror_client.go).
 */
final class MirrorPods {
  // kubelet: the sync of a pod is tried again after backOffPeriod
  private static final long RETRY_NANOS = 10_000_000_000L;

  private final HollowKubelets kubelets;
  private final KubeletRequests requests;
  private final StaticPods staticPods;

  MirrorPods(HollowKubelets kubelets, KubeletRequests requests, StaticPods staticPods) {
    this.kubelets = kubelets;
    this.requests = requests;
    this.staticPods = staticPods;
  }

  /** Shows all static pods of a node. */
  void show(HollowKubelet node) {
    for (Pod manifest : staticPods.on(node.name)) {
      show(node, manifest);
    }
  }

  /** Shows a static pod to the API. From then on it is run as any other. */
  private void show(HollowKubelet node, Pod manifest) {
    Node object = node.object();
    if (!node.alive || !node.known || object == null) {
      return;
    }
    Pod mirror = StaticPods.mirror(manifest, object);
    requests.create(
        node,
        mirror,
        (stored, error) -> {
          if (error != null && error.reason() != ApiException.Reason.ALREADY_EXISTS) {
            kubelets.schedule(RETRY_NANOS, () -> show(node, manifest));
          }
        });
  }

  /** Lets a mirror go that somebody has deleted; where that fails the next sync tries it again. */
  void delete(HollowKubelet node, Pod mirror) {
    if (!node.alive || kubelets.table().find(PodTable.uid(mirror)) == PodTable.NONE) {
      return;
    }
    requests.delete(
        node,
        ObjectKey.of(mirror),
        new DeleteOptions(0L, DeleteOptions.Propagation.BACKGROUND, mirror.metadata().uid()),
        (deleted, error) -> {
          if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
            kubelets.schedule(RETRY_NANOS, () -> delete(node, mirror));
          }
        });
  }

  /** The mirror of a static pod is gone: the pod itself runs on, and is shown again. */
  void gone(HollowKubelet node, int row, Pod last) {
    PodWorker worker = kubelets.table().workers[row];
    if (worker != null) {
      kubelets.addresses().stopWaiting(node, worker, false);
      worker.abandon();
    }
    if (node.unmirrored == null) {
      node.unmirrored = new HashMap<>();
    }
    node.unmirrored.put(last.name(), kubelets.table().pod(row).status());
    // What it uses is counted again under its next mirror.
    node.pressure.ended(row);
    kubelets.remove(row);
    for (Pod manifest : staticPods.on(node.name)) {
      if (last.name().equals(manifest.metadata().name() + "-" + node.name)) {
        show(node, manifest);
      }
    }
  }

  /** What a static pod was like under its last mirror; null where this is its first one. */
  @Nullable PodStatus statusBefore(HollowKubelet node, Pod mirror) {
    return node.unmirrored == null ? null : node.unmirrored.remove(mirror.name());
  }
}
