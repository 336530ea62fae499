package io.towtank.scheduler.plugins.volumebinding;

import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectReference;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.Volumes;
import io.towtank.store.ApiException;
import io.towtank.volume.VolumeKeys;
import io.towtank.volume.VolumeMatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was found for pods that are about to be bound (kube-scheduler: volumebinding.volumeBinder).
 *
 * <pre>
 *   take ──▶ assumed ──bind──▶ written ──PV controller has bound the claims──▶ done
 *               │                 │ a claim was given to another node, or time is up ▶ failed
 *               └─────────────────┴─────giveBack ▶ (as before)
 * </pre>
 *
 * <p>A volume that is there is given to the claim; a claim whose volume is to be made is told for
 * which node. The rest is for the PersistentVolume controller and the provisioner to do.
 */
final class Reservations {
  /** The scheduler looks once a second (kube-scheduler: BindPodVolumes polls). */
  private static final long LOOK_EVERY_NANOS = 1_000_000_000L;

  /** What a pod has of a claim, before and after it was taken for the pod. */
  private record Taken(
      VolumeBinding.Found before,
      @Nullable PersistentVolume volume,
      @Nullable PersistentVolumeClaim claim) {}

  private static final class Reservation {
    private final ObjectKey pod;
    private final String node;
    private final List<Taken> taken;
    private @Nullable Consumer<Status> done;
    private long startedAtNanos;

    Reservation(ObjectKey pod, String node, List<Taken> taken) {
      this.pod = pod;
      this.node = node;
      this.taken = taken;
    }
  }

  private final PluginContext context;
  private final Volumes volumes;
  private final long timeoutNanos;
  private final Map<ObjectKey, Reservation> byPod = new LinkedHashMap<>();

  /** Those that wait until something changes. */
  private final ArrayDeque<Reservation> resting = new ArrayDeque<>();

  Reservations(PluginContext context, long timeoutNanos) {
    this.context = context;
    this.volumes = context.state().volumes();
    this.timeoutNanos = timeoutNanos;
    volumes.onChange(this::lookSoon);
  }

  /** From now on nobody else gets what was found for a pod. */
  void take(ObjectKey pod, String node, List<VolumeBinding.Found> found) {
    if (found.isEmpty()) {
      return;
    }
    List<Taken> taken = new ArrayList<>();
    for (VolumeBinding.Found each : found) {
      PersistentVolume volume = each.volume();
      if (volume != null) {
        PersistentVolume given = given(volume, each.claim());
        volumes.set(given);
        taken.add(new Taken(each, given, null));
      } else {
        PersistentVolumeClaim told = told(each.claim(), node);
        volumes.set(told);
        taken.add(new Taken(each, null, told));
      }
    }
    byPod.put(pod, new Reservation(pod, node, taken));
  }

  /** Undoes it, where nothing newer was seen meanwhile. */
  @SuppressWarnings("ReferenceEquality") // What was taken is still there, or was replaced.
  void giveBack(ObjectKey pod) {
    Reservation reservation = byPod.remove(pod);
    if (reservation == null) {
      return;
    }
    for (Taken taken : reservation.taken) {
      PersistentVolume volume = taken.before.volume();
      PersistentVolumeClaim claim = taken.before.claim();
      if (volume != null && volumes.volume(volume.name()) == taken.volume) {
        volumes.set(volume);
      } else if (volume == null && current(claim) == taken.claim) {
        volumes.set(claim);
      }
    }
  }

  private @Nullable PersistentVolumeClaim current(PersistentVolumeClaim claim) {
    String namespace = Objects.requireNonNullElse(claim.metadata().namespace(), "default");
    return volumes.claim(namespace, claim.name());
  }

  /** A volume that somebody else was faster to take stays as it is. */
  private static PersistentVolume given(PersistentVolume volume, PersistentVolumeClaim claim) {
    return volume.spec().claimRef() != null && !VolumeMatch.isFor(volume, claim)
        ? volume
        : VolumeMatch.given(volume, claim);
  }

  private static PersistentVolumeClaim told(PersistentVolumeClaim claim, String node) {
    return claim.withMetadata(
        VolumeKeys.annotated(claim.metadata(), VolumeKeys.SELECTED_NODE, node));
  }

  /** Writes what was taken for a pod and waits until its claims are bound. */
  void bind(ObjectKey pod, Consumer<Status> done) {
    Reservation reservation = byPod.get(pod);
    if (reservation == null) {
      done.accept(Status.SUCCESS);
      return;
    }
    reservation.done = done;
    reservation.startedAtNanos = context.epochNanos().getAsLong();
    write(reservation, 0);
  }

  private void write(Reservation reservation, int index) {
    if (reservation.done == null) {
      return;
    }
    if (index == reservation.taken.size()) {
      context
          .timers()
          .timeout(timeoutNanos, () -> finish(reservation, error("context deadline exceeded")));
      resting.add(reservation);
      lookSoon();
      return;
    }
    Taken taken = reservation.taken.get(index);
    PersistentVolume volume = taken.volume;
    if (volume != null) {
      context
          .client()
          .patch(
              Kinds.PERSISTENT_VOLUME,
              ObjectKey.of(volume),
              current -> given(current, taken.before.claim()),
              (written, failure) -> written(reservation, index, failure));
    } else {
      context
          .client()
          .patch(
              Kinds.PERSISTENT_VOLUME_CLAIM,
              ObjectKey.of(taken.before.claim()),
              current -> told(current, reservation.node),
              (written, failure) -> written(reservation, index, failure));
    }
  }

  private void written(Reservation reservation, int index, @Nullable ApiException failure) {
    if (failure == null) {
      write(reservation, index + 1);
    } else {
      finish(reservation, error(String.valueOf(failure.getMessage())));
    }
  }

  private static Status error(String why) {
    return Status.error("binding volumes: " + why);
  }

  private void finish(Reservation reservation, Status status) {
    Consumer<Status> done = reservation.done;
    if (done == null) {
      return;
    }
    reservation.done = null;
    if (status.isSuccess()) {
      byPod.remove(reservation.pod, reservation);
    }
    done.accept(status);
  }

  // Waiting

  /** Has every pod that waits looked at with its next second. */
  private void lookSoon() {
    while (!resting.isEmpty()) {
      Reservation reservation = resting.remove();
      if (reservation.done != null) {
        long waited = context.epochNanos().getAsLong() - reservation.startedAtNanos;
        context
            .timers()
            .after(LOOK_EVERY_NANOS - waited % LOOK_EVERY_NANOS, () -> look(reservation));
      }
    }
  }

  private void look(Reservation reservation) {
    if (reservation.done == null) {
      return;
    }
    if (context.state().pod(reservation.pod) == null) {
      finish(
          reservation,
          error("pod does not exist any more: pod \"" + reservation.pod.name() + "\" not found"));
      return;
    }
    if (context.state().row(reservation.node) < 0) {
      finish(reservation, error("failed to get node \"" + reservation.node + "\": node not found"));
      return;
    }
    boolean allBound = true;
    for (Taken taken : reservation.taken) {
      PersistentVolumeClaim claim = current(taken.before.claim());
      String wrong =
          claim == null
              ? "failed to check binding: could not find v1.PersistentVolumeClaim \""
                  + ObjectKey.of(taken.before.claim())
                  + "\""
              : wrong(reservation, taken, claim);
      if (claim == null || wrong != null) {
        finish(reservation, error(String.valueOf(wrong)));
        return;
      }
      allBound &= isBound(claim);
    }
    if (allBound) {
      finish(reservation, Status.SUCCESS);
    } else {
      resting.add(reservation);
    }
  }

  /** kube-scheduler: checkBindings, for one claim; null where nothing is wrong. */
  private @Nullable String wrong(
      Reservation reservation, Taken taken, PersistentVolumeClaim claim) {
    PersistentVolume given = taken.volume;
    String volumeName = given == null ? claim.spec().volumeName() : given.name();
    if (given == null
        && !reservation.node.equals(claim.metadata().annotations().get(VolumeKeys.SELECTED_NODE))) {
      return "provisioning failed for PVC \"" + claim.name() + "\"";
    }
    PersistentVolume volume =
        volumeName == null || volumeName.isEmpty() ? null : volumes.volume(volumeName);
    if (volume == null) {
      // One that is still to be made may be told later than its claim's binding.
      return given == null
          ? null
          : "failed to check binding: could not find v1.PersistentVolume \"" + volumeName + "\"";
    }
    if (!isReachable(volume, reservation.node)) {
      return "pv \""
          + volume.name()
          + "\" node affinity doesn't match node \""
          + reservation.node
          + "\": no matching NodeSelectorTerms";
    }
    ObjectReference owner = volume.spec().claimRef();
    return given != null
            && (owner == null || owner.uid() == null || !owner.uid().equals(claim.metadata().uid()))
        ? "ClaimRef got reset for pv \"" + volume.name() + "\""
        : null;
  }

  private boolean isReachable(PersistentVolume volume, String node) {
    int row = context.state().row(node);
    Reachable reachable = Reachable.bound(context.state(), volume);
    return row < 0 ? reachable.nodes() == null : reachable.from(context.state(), row);
  }

  private static boolean isBound(PersistentVolumeClaim claim) {
    String volume = claim.spec().volumeName();
    return volume != null
        && !volume.isEmpty()
        && claim.metadata().annotations().containsKey(VolumeKeys.BIND_COMPLETED);
  }
}
