package io.towtank.scheduler;

import static com.google.common.base.Strings.nullToEmpty;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.CsiNode;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.ReplicaSet;
import io.towtank.api.Service;
import io.towtank.api.StatefulSet;
import io.towtank.api.StorageClass;
import io.towtank.api.Timestamps;
import io.towtank.client.InformerSource;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.WaitingPod;
import io.towtank.scheduler.plugins.podtopologyspread.WorkloadSelectors;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.CsiStorageCapacity;
import io.towtank.scheduler.state.NodePod;
import io.towtank.scheduler.state.StatusRequests;
import io.towtank.store.WatchListener;
import io.towtank.volume.VolumeAttachments;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the scheduler sees of the cluster, and what it makes of it (kube-scheduler:
 * addAllEventHandlers): its state and its queue are told.
 */
final class ClusterEvents {
  private static final Kind<GenericObject> REPLICATION_CONTROLLER =
      Kinds.generic("v1", WorkloadSelectors.REPLICATION_CONTROLLER);

  private final InformerSource informers;
  private final ClusterState state;
  private final WorkloadSelectors workloads;
  private final SchedulingQueue queue;
  private final PodNominator nominator;
  private final WaitingPods waitingPods;
  private final Runnable attemptSoon;
  private ImmutableSet<String> schedulerNames = ImmutableSet.of();

  /**
   * @param attemptSoon is run where pods may be ready to be tried
   */
  ClusterEvents(
      InformerSource informers,
      ClusterState state,
      WorkloadSelectors workloads,
      SchedulingQueue queue,
      PodNominator nominator,
      WaitingPods waitingPods,
      Runnable attemptSoon) {
    this.informers = informers;
    this.state = state;
    this.workloads = workloads;
    this.queue = queue;
    this.nominator = nominator;
    this.waitingPods = waitingPods;
    this.attemptSoon = attemptSoon;
  }

  /** Begins to watch; waiting pods that ask for one of these schedulers are queued. */
  void watch(ImmutableSet<String> names) {
    schedulerNames = names;
    watch(Kinds.NAMESPACE, this::namespace);
    watch(Kinds.NODE, this::node);
    watch(Kinds.POD, this::pod);
    watch(Kinds.SERVICE, this::service);
    watch(Kinds.REPLICA_SET, this::replicaSet);
    watch(Kinds.STATEFUL_SET, this::statefulSet);
    watch(REPLICATION_CONTROLLER, this::replicationController);
    watch(Kinds.STORAGE_CLASS, this::storageClass);
    watch(Kinds.PERSISTENT_VOLUME, this::volume);
    watch(Kinds.PERSISTENT_VOLUME_CLAIM, this::claim);
    watch(Kinds.CSI_NODE, this::csiNode);
    watchStorage(VolumeAttachments.CSI_DRIVER, ClusterEvent.Resource.CSI_DRIVER);
    watchStorage(CsiStorageCapacity.KIND, ClusterEvent.Resource.CSI_STORAGE_CAPACITY);
    watchStorage(VolumeAttachments.KIND, ClusterEvent.Resource.VOLUME_ATTACHMENT);
  }

  private <T extends KubeObject> void watch(Kind<T> kind, WatchListener.ForEach<? super T> change) {
    informers.informer(kind).addHandler(WatchListener.ofEach(change));
  }

  private static int action(@Nullable Object previous, @Nullable Object current) {
    return previous == null
        ? ClusterEvent.ADD
        : current == null ? ClusterEvent.DELETE : ClusterEvent.UPDATE_OTHER;
  }

  private void moved(
      ClusterEvent.Resource resource,
      int actions,
      @Nullable KubeObject previous,
      @Nullable KubeObject current) {
    queue.moved(new ClusterEvent(resource, actions), previous, current);
    attemptSoon.run();
  }

  private void namespace(@Nullable Namespace previous, @Nullable Namespace current) {
    if (current != null) {
      state.setNamespace(current.name(), current.metadata().labels());
    } else if (previous != null) {
      state.removeNamespace(previous.name());
    }
    moved(ClusterEvent.Resource.NAMESPACE, action(previous, current), previous, current);
  }

  private void node(@Nullable Node previous, @Nullable Node current) {
    int actions = ClusterEvent.DELETE;
    if (current != null) {
      actions = previous == null ? ClusterEvent.ADD : NodeChanges.between(previous, current);
      if (actions == 0) {
        return;
      }
      state.setNode(current);
    } else if (previous != null) {
      state.removeNode(previous.name());
    }
    moved(ClusterEvent.Resource.NODE, actions, previous, current);
  }

  private void service(@Nullable Service previous, @Nullable Service current) {
    if (current != null) {
      workloads.set(current);
    } else if (previous != null) {
      workloads.remove(previous);
    }
  }

  private void replicaSet(@Nullable ReplicaSet previous, @Nullable ReplicaSet current) {
    if (current != null) {
      workloads.set(current);
    } else if (previous != null) {
      workloads.remove(previous);
    }
  }

  private void statefulSet(@Nullable StatefulSet previous, @Nullable StatefulSet current) {
    if (current != null) {
      workloads.set(current);
    } else if (previous != null) {
      workloads.remove(previous);
    }
  }

  private void replicationController(
      @Nullable GenericObject previous, @Nullable GenericObject current) {
    if (current != null) {
      workloads.setReplicationController(current);
    } else if (previous != null) {
      workloads.removeReplicationController(previous);
    }
  }

  private void storageClass(@Nullable StorageClass previous, @Nullable StorageClass current) {
    if (current != null) {
      state.volumes().set(current);
    } else if (previous != null) {
      state.volumes().remove(previous);
    }
    moved(ClusterEvent.Resource.STORAGE_CLASS, action(previous, current), previous, current);
  }

  private void volume(@Nullable PersistentVolume previous, @Nullable PersistentVolume current) {
    if (current != null) {
      state.volumes().set(current);
    } else if (previous != null) {
      state.volumes().remove(previous);
    }
    moved(ClusterEvent.Resource.PERSISTENT_VOLUME, action(previous, current), previous, current);
  }

  private void claim(
      @Nullable PersistentVolumeClaim previous, @Nullable PersistentVolumeClaim current) {
    if (current != null) {
      state.volumes().set(current);
    } else if (previous != null) {
      state.volumes().remove(previous);
    }
    moved(
        ClusterEvent.Resource.PERSISTENT_VOLUME_CLAIM,
        action(previous, current),
        previous,
        current);
  }

  private void csiNode(@Nullable CsiNode previous, @Nullable CsiNode current) {
    if (current != null) {
      state.volumes().set(current);
    } else if (previous != null) {
      state.volumes().remove(previous);
    }
    moved(ClusterEvent.Resource.CSI_NODE, action(previous, current), previous, current);
  }

  private void watchStorage(Kind<GenericObject> kind, ClusterEvent.Resource resource) {
    watch(
        kind,
        (previous, current) -> {
          if (current != null) {
            state.volumes().set(current);
          } else if (previous != null) {
            state.volumes().remove(previous);
          }
          moved(resource, action(previous, current), previous, current);
        });
  }

  private void pod(@Nullable Pod previous, @Nullable Pod current) {
    Pod before = live(previous);
    Pod now = live(current);
    if (now != null) {
      podSeen(before, now);
    } else if (before != null) {
      podGone(before);
    }
  }

  /** Pods that have run to their end are as good as gone. */
  private static @Nullable Pod live(@Nullable Pod pod) {
    return pod == null || pod.status().phase().isTerminal() ? null : pod;
  }

  private void podGone(Pod last) {
    ObjectKey key = ObjectKey.of(last);
    nominator.remove(key);
    queue.remove(key);
    WaitingPod waiting = waitingPods.get(key);
    if (state.removePod(key)) {
      moved(ClusterEvent.Resource.ASSIGNED_POD, ClusterEvent.DELETE, last, null);
    } else if (isNominated(last)) {
      nominationGone(last);
    }
    if (waiting != null) {
      // kube-scheduler: RejectWaitingPod.
      waiting.reject("", "removed");
    }
  }

  private void podSeen(@Nullable Pod previous, Pod pod) {
    if (pod.nodeName() == null) {
      waitingPodSeen(previous, pod);
      return;
    }
    ObjectKey key = ObjectKey.of(pod);
    state.setPod(pod);
    if (previous == null || previous.nodeName() == null) {
      nominator.remove(key);
      queue.remove(key);
      moved(ClusterEvent.Resource.ASSIGNED_POD, ClusterEvent.ADD, null, pod);
    } else if (!sameTemplate(previous, pod)
        || !StatusRequests.of(previous).equals(StatusRequests.of(pod))) {
      int actions = PodChanges.between(previous, state.info(previous), pod, state.info(pod));
      moved(ClusterEvent.Resource.ASSIGNED_POD, actions, previous, pod);
    }
  }

  @SuppressWarnings("ReferenceEquality") // Cheap: what is equal but another object costs a look.
  private static boolean sameTemplate(Pod previous, Pod pod) {
    return previous.spec() == pod.spec()
        && previous.metadata().labels() == pod.metadata().labels()
        && previous.metadata().deletionTimestamp() == pod.metadata().deletionTimestamp();
  }

  private void waitingPodSeen(@Nullable Pod previous, Pod pod) {
    ObjectKey key = ObjectKey.of(pod);
    NodePod assumed = state.pod(key);
    if (assumed != null || !schedulerNames.contains(Scheduler.schedulerName(pod))) {
      return;
    }
    if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
      queue.remove(key);
      nominator.remove(key);
      return;
    }
    QueuedPod queued = queue.get(key);
    if (queued == null || queued.place != QueuedPod.Place.IN_FLIGHT) {
      nominationSeen(previous, pod, key);
    }
    queue.update(previous, pod);
    if (previous != null
        && isNominated(previous)
        && !Objects.equals(
            previous.status().nominatedNodeName(), pod.status().nominatedNodeName())) {
      nominationGone(previous);
    }
    attemptSoon.run();
  }

  private static boolean isNominated(Pod pod) {
    return pod.nodeName() == null && pod.status().nominatedNodeName() != null;
  }

  /**
   * Room that a pod held by its nomination is free: for those that had to leave it alone, it is as
   * if the pod had run there and ended.
   */
  private void nominationGone(Pod pod) {
    queue.moved(
        new ClusterEvent(ClusterEvent.Resource.ASSIGNED_POD, ClusterEvent.DELETE),
        pod,
        null,
        state.info(pod).priority());
    attemptSoon.run();
  }

  /**
   * A nomination that the scheduler made is kept while the API knows of none; what the API says of
   * one, whoever wrote it, goes before (kube-scheduler: nominator.UpdateNominatedPod).
   */
  private void nominationSeen(@Nullable Pod previous, Pod pod, ObjectKey key) {
    String before = previous == null ? "" : nullToEmpty(previous.status().nominatedNodeName());
    String now = nullToEmpty(pod.status().nominatedNodeName());
    if (!before.isEmpty() || !now.isEmpty()) {
      nominator.nominate(pod, now);
    } else if (nominator.nodeOf(key) != null) {
      nominator.nominate(pod, nominator.nodeOf(key));
    }
  }
}
