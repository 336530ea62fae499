package io.towtank.controllers.volumeprotection;

import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.Finalizers;
import io.towtank.store.WatchListener;
import io.towtank.volume.VolumeKeys;

/** Lets volumes go that are to be deleted as soon as they are bound to no claim. */
public final class VolumeProtectionController implements Component {
  private static final String NAME = "persistentvolume-protection-controller";
  // kube-controller-manager: one worker, in startPersistentVolumeProtectionController
  private static final int WORKERS = 1;

  private final ApiClient client;
  private final Informer<PersistentVolume> volumes;
  private final WorkQueue<ObjectKey> queue;

  /** A controller that does nothing before its start. */
  public VolumeProtectionController(ComponentContext context) {
    this.client = context.client();
    this.volumes = context.informers().informer(Kinds.PERSISTENT_VOLUME);
    this.queue = new WorkQueue<>(context.simulation(), WORKERS, this::sync);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    volumes.addHandler(
        new WatchListener<PersistentVolume>() {
          @Override
          public void added(PersistentVolume volume) {
            if (decide(volume) != Protection.KEEP) {
              queue.add(ObjectKey.of(volume));
            }
          }

          @Override
          public void modified(PersistentVolume previous, PersistentVolume volume) {
            added(volume);
          }

          @Override
          public void deleted(PersistentVolume last) {
            queue.forget(ObjectKey.of(last));
          }
        });
  }

  private static Protection decide(PersistentVolume volume) {
    return Protection.of(volume, VolumeKeys.VOLUME_PROTECTION, Protection.isUsed(volume));
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    PersistentVolume volume = volumes.get(key);
    Protection decision = volume == null ? Protection.KEEP : decide(volume);
    if (volume == null || decision == Protection.KEEP) {
      done.done(true);
      return;
    }
    client.update(
        volume.withMetadata(
            decision == Protection.ADD
                ? Finalizers.with(volume.metadata(), VolumeKeys.VOLUME_PROTECTION)
                : Finalizers.without(volume.metadata(), VolumeKeys.VOLUME_PROTECTION)),
        (stored, error) -> done.done(error == null || Batches.isGone(error)));
  }
}
