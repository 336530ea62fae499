package io.towtank.scheduler.plugins.volumebinding;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.ObjectReference;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeBuilder;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimBuilder;
import io.towtank.api.PersistentVolumeSpecBuilder;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.Volumes;
import io.towtank.store.ApiException;
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

  private static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";

  /** What a pod has of a claim, before and after it was taken for the pod. */
  private record Taken(
      VolumeBinding.Found before,
      @Nullable PersistentVolume volume,
      @Nullable PersistentVolumeClaim claim) {}

  private static final class Reservation {
    private final String node;
    private final List<Taken> taken;
    private @Nullable Consumer<Status> done;
    private long startedAtNanos;
    private boolean lookingSoon;

    Reservation(String node, List<Taken> taken) {
      this.node = node;
      this.taken = taken;
    }
  }

  private final PluginContext context;
  private final Volumes volumes;
  private final long timeoutNanos;
  private final Map<ObjectKey, Reservation> byPod = new LinkedHashMap<>();

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
    byPod.put(pod, new Reservation(node, taken));
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

  private static PersistentVolume given(PersistentVolume volume, PersistentVolumeClaim claim) {
    if (volume.spec().claimRef() != null && volume.spec().claimRef().uid() != null) {
      return volume;
    }
    ObjectReference owner =
        new ObjectReference(
            "v1",
            "PersistentVolumeClaim",
            claim.metadata().namespace(),
            claim.name(),
            claim.metadata().uid(),
            String.valueOf(claim.resourceVersion()),
            null,
            Fields.NONE);
    ObjectMeta metadata =
        volume.spec().claimRef() == null
            ? annotated(volume.metadata(), BOUND_BY_CONTROLLER, "yes")
            : volume.metadata();
    return PersistentVolumeBuilder.builder(volume)
        .metadata(metadata)
        .spec(PersistentVolumeSpecBuilder.builder(volume.spec()).claimRef(owner).build())
        .build();
  }

  private static PersistentVolumeClaim told(PersistentVolumeClaim claim, String node) {
    return PersistentVolumeClaimBuilder.builder(claim)
        .metadata(annotated(claim.metadata(), VolumeBinding.SELECTED_NODE, node))
        .build();
  }

  private static ObjectMeta annotated(ObjectMeta metadata, String key, String value) {
    return ObjectMetaBuilder.builder(metadata)
        .annotations(
            ImmutableMap.<String, String>builder()
                .putAll(metadata.annotations())
                .put(key, value)
                .buildKeepingLast())
        .build();
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
          .timeout(
              timeoutNanos,
              () -> finish(reservation, error("timed out waiting for the condition")));
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
      byPod.values().remove(reservation);
    }
    done.accept(status);
  }

  // Waiting

  /** Has every pod that waits looked at with its next second. */
  private void lookSoon() {
    for (Reservation reservation : byPod.values()) {
      if (reservation.done != null && !reservation.lookingSoon) {
        reservation.lookingSoon = true;
        long waited = context.epochNanos().getAsLong() - reservation.startedAtNanos;
        context
            .timers()
            .after(LOOK_EVERY_NANOS - waited % LOOK_EVERY_NANOS, () -> look(reservation));
      }
    }
  }

  private void look(Reservation reservation) {
    reservation.lookingSoon = false;
    if (reservation.done == null) {
      return;
    }
    boolean allBound = true;
    for (Taken taken : reservation.taken) {
      PersistentVolumeClaim claim = current(taken.before.claim());
      String wrong = claim == null ? "the claim is gone" : wrong(reservation, taken, claim);
      if (claim == null || wrong != null) {
        finish(reservation, error("claim \"" + taken.before.claim().name() + "\": " + wrong));
        return;
      }
      allBound &= isBound(claim);
    }
    if (allBound) {
      finish(reservation, Status.SUCCESS);
    }
  }

  private @Nullable String wrong(
      Reservation reservation, Taken taken, PersistentVolumeClaim claim) {
    PersistentVolume given = taken.volume;
    if (given == null) {
      String selected = claim.metadata().annotations().get(VolumeBinding.SELECTED_NODE);
      return reservation.node.equals(selected)
          ? null
          : "selected-node annotation value \""
              + (selected == null ? "" : selected)
              + "\" not set to scheduled node \""
              + reservation.node
              + "\"";
    }
    PersistentVolume volume = volumes.volume(given.name());
    ObjectReference owner = volume == null ? null : volume.spec().claimRef();
    return owner != null && Objects.equals(owner.name(), claim.name())
        ? null
        : "volume \"" + given.name() + "\" was given to another";
  }

  private static boolean isBound(PersistentVolumeClaim claim) {
    String volume = claim.spec().volumeName();
    return volume != null
        && !volume.isEmpty()
        && claim.metadata().annotations().containsKey(VolumeBinding.BIND_COMPLETED);
  }
}
