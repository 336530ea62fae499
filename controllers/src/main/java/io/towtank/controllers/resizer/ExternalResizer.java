package io.towtank.controllers.resizer;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimStatus;
import io.towtank.api.PersistentVolumeSpecBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.Quantity;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.PodsOfClaims;
import io.towtank.latency.VolumeLatency;
import io.towtank.record.Recorder;
import io.towtank.store.WatchListener;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import io.towtank.volume.VolumeClaims;
import io.towtank.volume.VolumeDrivers;
import io.towtank.volume.VolumeMatch;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Grows volumes and, as kubelets do, their file systems. */
public final class ExternalResizer implements Component {
  private static final String NAME = "external-resizer";
  // external-resizer: --workers
  private static final int WORKERS = 10;

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final RandomStream random;
  private final VolumeLatency latency;
  private final Informer<PersistentVolumeClaim> claims;
  private final Informer<PersistentVolume> volumes;
  private final PodsOfClaims pods;
  private final WorkQueue<ObjectKey> queue;
  private final long[] volumesGrown;

  /** A resizer that does nothing before its start. */
  public ExternalResizer(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.random = context.random();
    this.latency = context.latency().volumes();
    this.claims = context.informers().informer(Kinds.PERSISTENT_VOLUME_CLAIM);
    this.volumes = context.informers().informer(Kinds.PERSISTENT_VOLUME);
    this.pods = new PodsOfClaims(context.informers().informer(Kinds.POD), this::podChanged);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.volumesGrown = recorder.counter(NAME + "/volumesExpanded");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    claims.addHandler(
        new WatchListener<PersistentVolumeClaim>() {
          @Override
          public void added(PersistentVolumeClaim claim) {
            if (asksForMore(claim)) {
              pods.start();
              queue.add(ObjectKey.of(claim));
            }
          }

          @Override
          public void modified(PersistentVolumeClaim previous, PersistentVolumeClaim claim) {
            added(claim);
          }

          @Override
          public void deleted(PersistentVolumeClaim last) {
            queue.forget(ObjectKey.of(last));
          }
        });
  }

  private static boolean asksForMore(PersistentVolumeClaim claim) {
    PersistentVolumeClaimStatus status = claim.status();
    Quantity has = status == null ? null : status.capacity().get("storage");
    return has != null && VolumeMatch.requested(claim).compareTo(has) > 0;
  }

  private void podChanged(@Nullable Pod previous, @Nullable Pod current) {
    if (current == null || !runs(current) || (previous != null && runs(previous))) {
      return;
    }
    for (ObjectKey key : VolumeClaims.of(current)) {
      PersistentVolumeClaim claim = claims.get(key);
      if (claim != null && asksForMore(claim)) {
        queue.add(key);
      }
    }
  }

  private static boolean runs(Pod pod) {
    return pod.status().phase() == PodPhase.RUNNING;
  }

  private @Nullable Pod runningPod(ObjectKey claim) {
    for (Pod pod : pods.of(claim)) {
      if (runs(pod)) {
        return pod;
      }
    }
    return null;
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    PersistentVolumeClaim claim = claims.get(key);
    String name = claim == null ? null : claim.spec().volumeName();
    PersistentVolume volume = name == null ? null : volumes.get(null, name);
    Pod pod = runningPod(key);
    if (claim == null || volume == null) {
      done.done(true);
      return;
    }
    switch (ResizeSync.next(claim, volume, pod != null)) {
      case NOTHING -> done.done(true);
      case GROW_VOLUME -> growVolume(claim, volume, done);
      case ASK_NODE -> {
        event(
            claim,
            volume,
            "FileSystemResizeRequired",
            "Require file system resize of volume on node");
        write(claim, ResizeSync.fileSystemPending(claim, simulation.epochNanos()), done);
      }
      case FINISH -> {
        event(claim, volume, "VolumeResizeSuccessful", "Resize volume succeeded");
        write(claim, ResizeSync.done(claim, volume), done);
      }
      case GROW_FILE_SYSTEM -> {
        recorder.event(
            Objects.requireNonNull(pod),
            "kubelet",
            "Normal",
            "FileSystemResizeSuccessful",
            "MountVolume.NodeExpandVolume succeeded for volume \""
                + volume.name()
                + "\" "
                + pod.nodeName());
        write(claim, ResizeSync.done(claim, volume), done);
      }
    }
  }

  private void event(
      PersistentVolumeClaim claim, PersistentVolume volume, String reason, String message) {
    recorder.event(
        claim, "external-resizer " + VolumeDrivers.driver(volume), "Normal", reason, message);
  }

  private void write(
      PersistentVolumeClaim claim, PersistentVolumeClaimStatus status, WorkQueue.Done done) {
    client.updateStatus(
        claim.withStatus(status),
        (stored, error) -> done.done(error == null || Batches.isGone(error)));
  }

  private void growVolume(
      PersistentVolumeClaim claim, PersistentVolume volume, WorkQueue.Done done) {
    PersistentVolumeClaimStatus status = Objects.requireNonNull(claim.status());
    if (!ResizeSync.hasCondition(status, ResizeSync.RESIZING)) {
      recorder.event(
          claim,
          "volume_expand",
          "Normal",
          "ExternalExpanding",
          "waiting for an external controller to expand this PVC");
      event(claim, volume, "Resizing", "External resizer is resizing volume " + volume.name());
    }
    client.updateStatus(
        claim.withStatus(ResizeSync.resizing(claim, simulation.epochNanos())),
        (stored, error) -> {
          if (stored == null) {
            done.done(Batches.isGone(error));
            return;
          }
          simulation.schedule(
              latency.expand().sampleNanos(random), () -> grow(stored, volume, done));
        });
  }

  private void grow(PersistentVolumeClaim claim, PersistentVolume volume, WorkQueue.Done done) {
    Quantity size = VolumeMatch.requested(claim);
    client.patch(
        Kinds.PERSISTENT_VOLUME,
        ObjectKey.of(volume),
        current ->
            VolumeMatch.capacity(current).compareTo(size) >= 0
                ? current
                : current.withSpec(
                    PersistentVolumeSpecBuilder.builder(current.spec())
                        .capacity(ImmutableMap.of("storage", size))
                        .build()),
        (stored, error) -> {
          if (stored == null) {
            done.done(Batches.isGone(error));
            return;
          }
          volumesGrown[0]++;
          // Of the claim's growing again meanwhile the informer tells.
          PersistentVolumeClaim current = claims.get(ObjectKey.of(claim));
          PersistentVolumeClaim newest =
              current != null && current.resourceVersion() > claim.resourceVersion()
                  ? current
                  : claim;
          boolean block = "Block".equals(newest.spec().volumeMode());
          event(
              newest,
              stored,
              block ? "VolumeResizeSuccessful" : "FileSystemResizeRequired",
              block ? "Resize volume succeeded" : "Require file system resize of volume on node");
          write(
              newest,
              block
                  ? ResizeSync.done(newest, stored)
                  : ResizeSync.fileSystemPending(newest, simulation.epochNanos()),
              done);
        });
  }
}
