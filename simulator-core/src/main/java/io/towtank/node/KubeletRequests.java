package io.towtank.node;

import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.NodeStatus;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.client.ApiClient;
import io.towtank.client.Reply;
import io.towtank.latency.ClientLimits;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import java.util.function.UnaryOperator;

/**
 * What kubelets ask of the API. Each keeps to its own limit of requests, and holds them back while
 * it is cut off.
 */
final class KubeletRequests {
  private final Simulation simulation;
  private final ApiClient client;
  private final ClientLimits limits;

  KubeletRequests(Simulation simulation, ApiClient client, ClientLimits limits) {
    this.simulation = simulation;
    this.client = client;
    this.limits = limits;
  }

  /** Patches a pod's status; kubelets read the pod before they do. */
  <W extends UnaryOperator<Pod> & Reply<Pod>> void patchStatus(
      HollowKubelet node, ObjectKey pod, W worker) {
    send(node, 2, () -> client.patchStatus(Kinds.POD, pod, worker, worker));
  }

  /** Patches the status of a kubelet's own node. */
  void patchStatus(HollowKubelet node, UnaryOperator<NodeStatus> change, Reply<Node> reply) {
    send(
        node,
        1,
        () ->
            client.patchStatus(
                Kinds.NODE,
                new ObjectKey(null, node.name),
                stored -> withStatus(stored, change.apply(stored.status())),
                reply));
  }

  // A patch that changes nothing gives back what it was given.
  @SuppressWarnings("ReferenceEquality")
  private static Node withStatus(Node node, NodeStatus status) {
    return status == node.status() ? node : node.withStatus(status);
  }

  <T extends KubeObject> void create(HollowKubelet node, T object, Reply<T> reply) {
    send(node, 1, () -> client.create(object, reply));
  }

  void delete(HollowKubelet node, ObjectKey pod, DeleteOptions how, Reply<Pod> reply) {
    send(node, 1, () -> client.delete(Kinds.POD, pod, how, reply));
  }

  /** Sends a request of one token as soon as the kubelet's own limit allows. */
  void send(HollowKubelet node, Runnable request) {
    send(node, 1, request);
  }

  private void send(HollowKubelet node, int tokens, Runnable request) {
    if (node.isolation != null) {
      node.isolation.hold(() -> send(node, tokens, request));
      return;
    }
    long wait = node.bucket.take(limits, simulation.nanos(), tokens);
    if (wait == 0) {
      request.run();
    } else {
      simulation.schedule(wait, request);
    }
  }
}
