package io.towtank.node;

import com.google.common.base.Joiner;
import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectReference;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import io.towtank.api.Volume;
import io.towtank.client.Informer;
import io.towtank.client.InformerSource;
import io.towtank.store.WatchListener;
import io.towtank.volume.VolumeAttachments;
import io.towtank.volume.VolumeClaims;
import io.towtank.volume.VolumeDrivers;
import io.towtank.volume.VolumeKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has pods wait until the volumes of their claims are attached to their node (kubelet:
 * volumemanager, WaitForAttachAndMount). Claims and volumes are watched from the first pod on that
 * has any.
 */
final class PodVolumes {
  // kubelet: volumemanager, podAttachAndMountTimeout; then it is told and waited for again
  static final long TIMEOUT_NANOS = 123_000_000_000L;

  private final HollowKubelets kubelets;
  private final Informer<PersistentVolumeClaim> claims;
  private final Informer<PersistentVolume> volumes;
  private final Informer<GenericObject> attachments;
  private final Informer<GenericObject> drivers;
  private final Map<ObjectKey, Map<PodWorker, Pod>> waiting = new TreeMap<>();

  PodVolumes(HollowKubelets kubelets, InformerSource informers) {
    this.kubelets = kubelets;
    this.claims = informers.informer(Kinds.PERSISTENT_VOLUME_CLAIM);
    this.volumes = informers.informer(Kinds.PERSISTENT_VOLUME);
    this.attachments = informers.informer(VolumeAttachments.KIND);
    this.drivers = informers.informer(VolumeAttachments.CSI_DRIVER);
    claims.addHandler(new Changes<>(claim -> look(ObjectKey.of(claim))));
    volumes.addHandler(new Changes<>(this::look));
    attachments.addHandler(
        new Changes<>(attachment -> {
          PersistentVolume volume = volumes.get(null, VolumeAttachments.volume(attachment));
          if (volume != null) {
            look(volume);
          }
        }));
    drivers.addHandler(new Changes<>(driver -> List.copyOf(waiting.keySet()).forEach(this::look)));
  }

  /** Is told of what is new and what has changed. */
  private record Changes<T extends KubeObject>(Consumer<T> action) implements WatchListener<T> {
    @Override
    public void added(T object) {
      action.accept(object);
    }

    @Override
    public void modified(T previous, T object) {
      action.accept(object);
    }

    @Override
    public void deleted(T last) {}
  }

  /** Whether all volumes of a pod are attached; where not, its worker is told when they are. */
  boolean awaitAttached(PodWorker worker, Pod pod) {
    if (areAttached(pod)) {
      return true;
    }
    for (ObjectKey claim : VolumeClaims.of(pod)) {
      waiting.computeIfAbsent(claim, key -> new LinkedHashMap<>()).put(worker, pod);
    }
    complainLater(worker, pod);
    return false;
  }

  private void complainLater(PodWorker worker, Pod pod) {
    kubelets.scheduleBackground(
        TIMEOUT_NANOS,
        () -> {
          if (!isWaiting(worker, pod)) {
            return;
          }
          List<String> unmounted = new ArrayList<>();
          for (Volume volume : pod.spec().volumes()) {
            String claim = VolumeClaims.name(pod.name(), volume);
            if (claim != null
                && !isAttached(pod, new ObjectKey(pod.metadata().namespace(), claim))) {
              unmounted.add(volume.name());
            }
          }
          kubelets.event(pod, "Warning", "FailedMount", timedOut(unmounted));
          complainLater(worker, pod);
        });
  }

  /** What is told of volumes that were waited for in vain. */
  static String timedOut(List<String> unmounted) {
    return "Unable to attach or mount volumes: unmounted volumes=["
        + Joiner.on(' ').join(unmounted)
        + "], unattached volumes=[], failed to process volumes=[]: context deadline exceeded";
  }

  private boolean isWaiting(PodWorker worker, Pod pod) {
    for (ObjectKey claim : VolumeClaims.of(pod)) {
      Map<PodWorker, Pod> workers = waiting.get(claim);
      if (workers != null && workers.containsKey(worker)) {
        return true;
      }
    }
    return false;
  }

  /** A worker waits no more. */
  void forget(PodWorker worker, Pod pod) {
    for (ObjectKey claim : VolumeClaims.of(pod)) {
      Map<PodWorker, Pod> workers = waiting.get(claim);
      if (workers != null) {
        workers.remove(worker);
        if (workers.isEmpty()) {
          waiting.remove(claim);
        }
      }
    }
  }

  private void look(PersistentVolume volume) {
    ObjectReference owner = volume.spec().claimRef();
    if (owner != null && owner.name() != null) {
      look(new ObjectKey(owner.namespace(), owner.name()));
    }
  }

  private void look(ObjectKey claim) {
    Map<PodWorker, Pod> workers = waiting.get(claim);
    if (workers == null) {
      return;
    }
    List<PodWorker> ready = new ArrayList<>();
    workers.forEach((worker, pod) -> {
      if (areAttached(pod)) {
        ready.add(worker);
      }
    });
    for (PodWorker worker : ready) {
      Pod pod = workers.get(worker);
      if (pod != null) {
        forget(worker, pod);
        worker.volumesAttached();
      }
    }
  }

  private boolean areAttached(Pod pod) {
    for (ObjectKey claim : VolumeClaims.of(pod)) {
      if (!isAttached(pod, claim)) {
        return false;
      }
    }
    return true;
  }

  private boolean isAttached(Pod pod, ObjectKey key) {
    PersistentVolumeClaim claim = claims.get(key);
    if (claim == null
        || !VolumeClaims.mayUse(pod, claim)
        || claim.metadata().deletionTimestamp() != Timestamps.NONE
        || claim.spec().volumeName() == null
        || !claim.metadata().annotations().containsKey(VolumeKeys.BIND_COMPLETED)) {
      return false;
    }
    PersistentVolume volume = volumes.get(null, claim.spec().volumeName());
    String driver = volume == null ? null : VolumeDrivers.driver(volume);
    if (volume == null || driver == null || !hasToBeAttached(driver)) {
      return volume != null;
    }
    GenericObject attachment =
        attachments.get(
            null, VolumeAttachments.name(driver, volume, String.valueOf(pod.nodeName())));
    return attachment != null
        && attachment.metadata().deletionTimestamp() == Timestamps.NONE
        && VolumeAttachments.isAttached(attachment);
  }

  private boolean hasToBeAttached(String name) {
    @Nullable GenericObject driver = drivers.get(null, name);
    return driver == null || VolumeAttachments.attaches(driver);
  }
}
