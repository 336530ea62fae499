package io.towtank.record;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentStatus;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Fields;
import io.towtank.api.Hash64;
import io.towtank.api.KubeObject;
import io.towtank.api.Lease;
import io.towtank.api.LeaseSpec;
import io.towtank.api.Node;
import io.towtank.api.NodeCondition;
import io.towtank.api.NodeStatus;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectReference;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodStatus;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetStatus;
import io.towtank.api.Uid;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * 64-bit hashes of what objects contain, beside their name and revision. Equal objects have equal
 * ones; they are the same in every JVM.
 *
 * <p>What many objects share (a pod's spec, labels, owners, lists of conditions) is hashed once an
 * instance. The kinds that are written most are spelled out here; whatever else there is goes
 * through {@link StructuralHash}.
 */
final class Fingerprints {
  private static final long NONE = 0x5bd1e9955bd1e995L;

  private final IdentityHashes shared = new IdentityHashes();
  // Apart from the others: an empty list is one instance, and would have two hashes.
  private final IdentityHashes conditions = new IdentityHashes();
  private final StructuralHash structural = new StructuralHash(shared);

  /** The hash of an object. */
  long of(KubeObject object) {
    return switch (object) {
      case Pod pod -> pod(pod);
      case Node node -> node(node);
      case Lease lease -> lease(lease);
      case ReplicaSet replicaSet -> replicaSet(replicaSet);
      case Deployment deployment -> deployment(deployment);
      case EndpointSlice slice -> endpointSlice(slice);
      default -> Hash64.add(meta(object.metadata()), structural.ofContent(object));
    };
  }

  private long pod(Pod pod) {
    long hash = Hash64.add(meta(pod.metadata()), shared(pod.spec()));
    hash = Hash64.add(hash, text(pod.nodeName()));
    hash = Hash64.add(hash, podStatus(pod.status()));
    return Hash64.add(hash, rest(pod.rest()));
  }

  private long podStatus(PodStatus status) {
    long hash = Hash64.add(Hash64.SEED, text(Objects.toString(status.phase(), null)));
    hash = Hash64.add(hash, podConditions(status.conditions()));
    hash = Hash64.add(hash, text(status.message()));
    hash = Hash64.add(hash, text(status.reason()));
    hash = Hash64.add(hash, text(status.nominatedNodeName()));
    hash = Hash64.add(hash, text(status.hostIP()));
    hash = Hash64.add(hash, text(status.podIP()));
    hash = Hash64.add(hash, status.startTime());
    hash = Hash64.add(hash, text(status.qosClass()));
    hash = Hash64.add(hash, shared(status.initContainerStatuses()));
    hash = Hash64.add(hash, shared(status.containerStatuses()));
    return Hash64.add(hash, rest(status.rest()));
  }

  private long podConditions(ImmutableList<PodCondition> list) {
    int place = IdentityHashes.place(list);
    if (conditions.knows(place, list)) {
      return conditions.hash(place);
    }
    long hash = Hash64.add(Hash64.SEED, list.size());
    for (PodCondition condition : list) {
      hash = Hash64.add(hash, text(condition.type()));
      hash = Hash64.add(hash, text(condition.status().toString()));
      hash = Hash64.add(hash, condition.lastProbeTime());
      hash = Hash64.add(hash, condition.lastTransitionTime());
      hash = Hash64.add(hash, text(condition.reason()));
      hash = Hash64.add(hash, text(condition.message()));
      hash = Hash64.add(hash, rest(condition.rest()));
    }
    conditions.remember(place, list, hash);
    return hash;
  }

  private long node(Node node) {
    long hash = Hash64.add(meta(node.metadata()), shared(node.spec()));
    NodeStatus status = node.status();
    hash = Hash64.add(hash, shared(status.capacity()));
    hash = Hash64.add(hash, shared(status.allocatable()));
    hash = Hash64.add(hash, text(status.phase()));
    for (NodeCondition condition : status.conditions()) {
      hash = Hash64.add(hash, text(condition.type()));
      hash = Hash64.add(hash, text(condition.status().toString()));
      hash = Hash64.add(hash, condition.lastHeartbeatTime());
      hash = Hash64.add(hash, condition.lastTransitionTime());
      hash = Hash64.add(hash, text(condition.reason()));
      hash = Hash64.add(hash, text(condition.message()));
      hash = Hash64.add(hash, rest(condition.rest()));
    }
    hash = Hash64.add(hash, status.conditions().size());
    hash = Hash64.add(hash, shared(status.addresses()));
    hash = Hash64.add(hash, shared(status.images()));
    hash = Hash64.add(hash, rest(status.rest()));
    return Hash64.add(hash, rest(node.rest()));
  }

  private long lease(Lease lease) {
    long hash = Hash64.add(meta(lease.metadata()), rest(lease.rest()));
    LeaseSpec spec = lease.spec();
    if (spec == null) {
      return Hash64.add(hash, NONE);
    }
    hash = Hash64.add(hash, text(spec.holderIdentity()));
    hash = Hash64.add(hash, number(spec.leaseDurationSeconds()));
    hash = Hash64.add(hash, spec.acquireTime());
    hash = Hash64.add(hash, spec.renewTime());
    hash = Hash64.add(hash, number(spec.leaseTransitions()));
    return Hash64.add(hash, rest(spec.rest()));
  }

  private long replicaSet(ReplicaSet replicaSet) {
    long hash = Hash64.add(meta(replicaSet.metadata()), shared(replicaSet.spec()));
    ReplicaSetStatus status = replicaSet.status();
    hash = Hash64.add(hash, status.replicas());
    hash = Hash64.add(hash, status.fullyLabeledReplicas());
    hash = Hash64.add(hash, status.readyReplicas());
    hash = Hash64.add(hash, status.availableReplicas());
    hash = Hash64.add(hash, number(status.terminatingReplicas()));
    hash = Hash64.add(hash, status.observedGeneration());
    hash = Hash64.add(hash, shared(status.conditions()));
    hash = Hash64.add(hash, rest(status.rest()));
    return Hash64.add(hash, rest(replicaSet.rest()));
  }

  private long deployment(Deployment deployment) {
    long hash = Hash64.add(meta(deployment.metadata()), shared(deployment.spec()));
    DeploymentStatus status = deployment.status();
    hash = Hash64.add(hash, status.observedGeneration());
    hash = Hash64.add(hash, status.replicas());
    hash = Hash64.add(hash, status.updatedReplicas());
    hash = Hash64.add(hash, status.readyReplicas());
    hash = Hash64.add(hash, status.availableReplicas());
    hash = Hash64.add(hash, status.unavailableReplicas());
    hash = Hash64.add(hash, number(status.terminatingReplicas()));
    hash = Hash64.add(hash, shared(status.conditions()));
    hash = Hash64.add(hash, number(status.collisionCount()));
    hash = Hash64.add(hash, rest(status.rest()));
    return Hash64.add(hash, rest(deployment.rest()));
  }

  private long endpointSlice(EndpointSlice slice) {
    long hash = Hash64.add(meta(slice.metadata()), text(slice.addressType()));
    hash = Hash64.add(hash, shared(slice.ports()));
    for (Endpoint endpoint : slice.endpoints()) {
      hash = Hash64.add(hash, endpoint.addresses().size());
      for (String address : endpoint.addresses()) {
        hash = Hash64.add(hash, Hash64.of(address));
      }
      hash = Hash64.add(hash, shared(endpoint.conditions()));
      hash = Hash64.add(hash, text(endpoint.hostname()));
      hash = Hash64.add(hash, reference(endpoint.targetRef()));
      hash = Hash64.add(hash, text(endpoint.nodeName()));
      hash = Hash64.add(hash, text(endpoint.zone()));
      hash = Hash64.add(hash, shared(endpoint.hints()));
      hash = Hash64.add(hash, rest(endpoint.rest()));
    }
    hash = Hash64.add(hash, slice.endpoints().size());
    return Hash64.add(hash, rest(slice.rest()));
  }

  private long reference(@Nullable ObjectReference reference) {
    if (reference == null) {
      return NONE;
    }
    Uid uid = reference.uid();
    long hash = uid == null ? NONE : Hash64.pair(uid.high(), uid.low());
    hash = Hash64.add(hash, text(reference.apiVersion()));
    hash = Hash64.add(hash, text(reference.kind()));
    hash = Hash64.add(hash, text(reference.namespace()));
    hash = Hash64.add(hash, text(reference.name()));
    hash = Hash64.add(hash, text(reference.resourceVersion()));
    hash = Hash64.add(hash, text(reference.fieldPath()));
    return Hash64.add(hash, rest(reference.rest()));
  }

  /** All metadata but what names the object. */
  private long meta(ObjectMeta meta) {
    Uid uid = meta.uid();
    long hash = uid == null ? NONE : Hash64.pair(uid.high(), uid.low());
    hash = Hash64.add(hash, text(meta.generateName()));
    hash = Hash64.add(hash, meta.generation());
    hash = Hash64.add(hash, meta.creationTimestamp());
    hash = Hash64.add(hash, meta.deletionTimestamp());
    hash = Hash64.add(hash, number(meta.deletionGracePeriodSeconds()));
    hash = Hash64.add(hash, meta.labels().isEmpty() ? 0 : shared(meta.labels()));
    hash = Hash64.add(hash, meta.annotations().isEmpty() ? 0 : shared(meta.annotations()));
    hash = Hash64.add(hash, meta.ownerReferences().isEmpty() ? 0 : shared(meta.ownerReferences()));
    hash = Hash64.add(hash, meta.finalizers().isEmpty() ? 0 : shared(meta.finalizers()));
    return Hash64.add(hash, rest(meta.rest()));
  }

  private long shared(@Nullable Object value) {
    return value == null ? NONE : structural.ofShared(value);
  }

  private long rest(Fields rest) {
    return rest.isEmpty() ? 0 : structural.of(rest);
  }

  private static long text(@Nullable String text) {
    return text == null ? NONE : Hash64.of(text);
  }

  private static long number(@Nullable Number number) {
    return number == null ? NONE : number.longValue();
  }
}
