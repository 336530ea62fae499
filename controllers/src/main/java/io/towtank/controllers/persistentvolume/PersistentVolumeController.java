package io.towtank.controllers.persistentvolume;

import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectReference;
import io.towtank.api.ObjectReferenceBuilder;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimSpecBuilder;
import io.towtank.api.PersistentVolumeClaimStatus;
import io.towtank.api.PersistentVolumeClaimStatusBuilder;
import io.towtank.api.PersistentVolumeSpecBuilder;
import io.towtank.api.PersistentVolumeStatus;
import io.towtank.api.PersistentVolumeStatusBuilder;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.StorageClass;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.PodsOfClaims;
import io.towtank.latency.VolumeLatency;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import io.towtank.volume.VolumeClaims;
import io.towtank.volume.VolumeKeys;
import io.towtank.volume.VolumeMatch;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Binds claims to volumes, one step after another: first the volume gets its claim, then the claim
 * its volume. Whoever reads in between sees a volume that is taken and a claim that is Pending; if
 * a step fails, the next sync goes on from there.
 *
 * <p>Claims that wait are looked at again every 15 s, as there, but only where something has
 * changed meanwhile that may help them. What they wait for is told once, not every 15 s.
 */
public final class PersistentVolumeController implements Component {
  private static final String NAME = "persistentvolume-binder-controller";
  // As pv_controller_base.go names itself in events
  private static final String EVENT_SOURCE = "persistentvolume-controller";
  // kube-controller-manager: --pvclaimbinder-sync-period
  private static final long RESYNC_NANOS = 15_000_000_000L;
  private static final String PENDING = "Pending";
  private static final String BOUND = "Bound";
  private static final String RELEASED = "Released";
  private static final String FAILED = "Failed";

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final RandomStream random;
  private final VolumeLatency latency;
  private final Informer<PersistentVolumeClaim> claims;
  private final Informer<PersistentVolume> volumes;
  private final Informer<StorageClass> classes;
  private final PodsOfClaims pods;
  private final BinderCache cache = new BinderCache();
  private final BindingSync.Known known = new Knowledge();
  // Claims have a namespace, volumes have none.
  private final WorkQueue<ObjectKey> queue;
  private final NavigableSet<ObjectKey> waiting = new TreeSet<>();
  private final NavigableSet<ObjectKey> failed = new TreeSet<>();
  private final Map<ObjectKey, ClaimDecision.Notice> told = new LinkedHashMap<>();
  private final Set<String> reclaiming = new HashSet<>();
  private final long[] claimsBound;
  private long startedNanos;
  private boolean resyncPending;

  /** A controller that does nothing before its start. */
  public PersistentVolumeController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.random = context.random();
    this.latency = context.latency().volumes();
    this.claims = context.informers().informer(Kinds.PERSISTENT_VOLUME_CLAIM);
    this.volumes = context.informers().informer(Kinds.PERSISTENT_VOLUME);
    this.classes = context.informers().informer(Kinds.STORAGE_CLASS);
    this.pods = new PodsOfClaims(context.informers().informer(Kinds.POD), this::podChanged);
    this.queue = new WorkQueue<>(simulation, 1, this::sync);
    this.claimsBound = recorder.counter(NAME + "/claimsBound");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    startedNanos = simulation.nanos();
    volumes.addHandler(
        new WatchListener<PersistentVolume>() {
          @Override
          public void added(PersistentVolume volume) {
            if (cache.put(volume)) {
              queue.add(ObjectKey.of(volume));
              resyncSoon();
            }
          }

          @Override
          public void modified(PersistentVolume previous, PersistentVolume volume) {
            added(volume);
          }

          @Override
          public void deleted(PersistentVolume last) {
            cache.remove(last);
            failed.remove(ObjectKey.of(last));
            queue.forget(ObjectKey.of(last));
            if (last.spec().claimRef() != null) {
              queue.add(BinderCache.key(last.spec().claimRef()));
            }
          }
        });
    claims.addHandler(
        new WatchListener<PersistentVolumeClaim>() {
          @Override
          public void added(PersistentVolumeClaim claim) {
            pods.start();
            if (cache.put(claim)) {
              queue.add(ObjectKey.of(claim));
            }
          }

          @Override
          public void modified(PersistentVolumeClaim previous, PersistentVolumeClaim claim) {
            added(claim);
          }

          @Override
          public void deleted(PersistentVolumeClaim last) {
            ObjectKey key = ObjectKey.of(last);
            cache.remove(last);
            forget(key);
            failed.remove(key);
            queue.forget(key);
            cache.keptFor(key).forEach(volume -> queue.add(ObjectKey.of(volume)));
          }
        });
    classes.addHandler(
        new WatchListener<StorageClass>() {
          @Override
          public void added(StorageClass storageClass) {
            resyncSoon();
          }

          @Override
          public void modified(StorageClass previous, StorageClass storageClass) {
            resyncSoon();
          }

          @Override
          public void deleted(StorageClass last) {
            resyncSoon();
          }
        });
  }

  private void podChanged(@Nullable Pod previous, @Nullable Pod current) {
    boolean waited = previous != null && previous.nodeName() == null;
    boolean waits = current != null && current.nodeName() == null;
    if (waited == waits) {
      return;
    }
    for (ObjectKey claim : VolumeClaims.of(Objects.requireNonNull(waits ? current : previous))) {
      if (waiting.contains(claim)) {
        resyncSoon();
        return;
      }
    }
  }

  private void forget(ObjectKey claim) {
    waiting.remove(claim);
    told.remove(claim);
  }

  /** Has what waits, or went wrong, looked at with the next of the periodic looks. */
  private void resyncSoon() {
    if (resyncPending || (waiting.isEmpty() && failed.isEmpty())) {
      return;
    }
    resyncPending = true;
    long since = simulation.nanos() - startedNanos;
    simulation.schedule(
        RESYNC_NANOS - since % RESYNC_NANOS,
        () -> {
          resyncPending = false;
          failed.forEach(queue::add);
          failed.clear();
          waiting.forEach(queue::add);
        });
  }

  private void again(ObjectKey key, WorkQueue.Done done) {
    failed.add(key);
    resyncSoon();
    done.done(true);
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    if (key.namespace() == null) {
      syncVolume(key, done);
    } else {
      syncClaim(key, done);
    }
  }

  /** What the pure decision may ask. */
  private final class Knowledge implements BindingSync.Known {
    @Override
    public @Nullable PersistentVolume volume(String name) {
      return cache.volume(name);
    }

    @Override
    public Iterable<PersistentVolume> keptFor(ObjectKey claim) {
      return cache.keptFor(claim);
    }

    @Override
    public Iterable<PersistentVolume> free(String className) {
      return cache.free(className);
    }

    @Override
    public @Nullable StorageClass storageClass(String name) {
      return classes.get(null, name);
    }

    @Override
    public @Nullable StorageClass defaultClass() {
      return VolumeMatch.defaultClass(classes.list());
    }

    @Override
    public ImmutableList<String> waitingPods(ObjectKey claim) {
      return pods.of(claim).stream()
          .filter(pod -> pod.nodeName() == null && !pod.status().phase().isTerminal())
          .map(Pod::name)
          .collect(ImmutableList.toImmutableList());
    }
  }

  // Claims

  private void syncClaim(ObjectKey key, WorkQueue.Done done) {
    PersistentVolumeClaim claim = cache.claim(key);
    if (claim == null) {
      forget(key);
      done.done(true);
      return;
    }
    switch (BindingSync.claim(claim, known)) {
      case ClaimDecision.Bind(PersistentVolume volume) -> bind(volume, claim, done);
      case ClaimDecision.Wait(ClaimDecision.Notice notice) -> {
        waiting.add(key);
        tell(claim, notice);
        setPhase(claim, PENDING, null, stored -> done.done(true), () -> again(key, done));
      }
      case ClaimDecision.AssignClass(String className) ->
          write(
              claim,
              claim.withSpec(
                  PersistentVolumeClaimSpecBuilder.builder(claim.spec())
                      .storageClassName(className)
                      .build()),
              stored -> {
                queue.add(key);
                done.done(true);
              },
              () -> again(key, done));
      case ClaimDecision.Provision(String provisioner) -> askFor(provisioner, claim, done);
      case ClaimDecision.Lose(ClaimDecision.Notice notice) -> {
        forget(key);
        if (!"Lost".equals(phase(claim))) {
          event(claim, notice);
        }
        setPhase(claim, "Lost", null, stored -> done.done(true), () -> again(key, done));
      }
    }
  }

  private void tell(PersistentVolumeClaim claim, ClaimDecision.@Nullable Notice notice) {
    if (notice != null && !notice.equals(told.put(ObjectKey.of(claim), notice))) {
      event(claim, notice);
    }
  }

  private void event(KubeObject about, ClaimDecision.Notice notice) {
    recorder.event(about, EVENT_SOURCE, notice.type(), notice.reason(), notice.message());
  }

  private void askFor(String provisioner, PersistentVolumeClaim claim, WorkQueue.Done done) {
    ObjectKey key = ObjectKey.of(claim);
    waiting.add(key);
    ClaimDecision.Notice notice =
        ClaimDecision.Notice.normal(
            "ExternalProvisioning",
            "Waiting for a volume to be created either by the external provisioner '"
                + provisioner
                + "' or manually by the system administrator. If volume creation is delayed,"
                + " please verify that the provisioner is running and correctly registered.");
    write(
        claim,
        claim.withMetadata(
            VolumeKeys.annotated(
                VolumeKeys.annotated(claim.metadata(), VolumeKeys.BETA_PROVISIONER, provisioner),
                VolumeKeys.PROVISIONER,
                provisioner)),
        stored -> {
          tell(stored, notice);
          done.done(true);
        },
        () -> again(key, done));
  }

  private static @Nullable String phase(PersistentVolumeClaim claim) {
    return claim.status() == null ? null : claim.status().phase();
  }

  private static @Nullable String phase(PersistentVolume volume) {
    return volume.status() == null ? null : volume.status().phase();
  }

  /** pv_controller.go: bind. */
  private void bind(PersistentVolume volume, PersistentVolumeClaim claim, WorkQueue.Done done) {
    ObjectKey key = ObjectKey.of(claim);
    Runnable failure = () -> again(key, done);
    write(
        volume,
        VolumeMatch.given(volume, claim),
        given ->
            setPhase(
                given,
                BOUND,
                null,
                taken ->
                    write(
                        claim,
                        bound(claim, taken.name()),
                        owner ->
                            setPhase(
                                owner,
                                BOUND,
                                taken,
                                stored -> {
                                  forget(key);
                                  done.done(true);
                                },
                                failure),
                        failure),
                failure),
        failure);
  }

  /** A claim with its volume (bindClaimToVolume). */
  private static PersistentVolumeClaim bound(PersistentVolumeClaim claim, String volume) {
    PersistentVolumeClaim bound = claim;
    if (!volume.equals(claim.spec().volumeName())) {
      bound =
          claim
              .withSpec(
                  PersistentVolumeClaimSpecBuilder.builder(claim.spec()).volumeName(volume).build())
              .withMetadata(
                  VolumeKeys.annotated(claim.metadata(), VolumeKeys.BOUND_BY_CONTROLLER, "yes"));
    }
    return bound.metadata().annotations().containsKey(VolumeKeys.BIND_COMPLETED)
        ? bound
        : bound.withMetadata(
            VolumeKeys.annotated(bound.metadata(), VolumeKeys.BIND_COMPLETED, "yes"));
  }

  /** pv_controller.go: updateClaimStatus. */
  private void setPhase(
      PersistentVolumeClaim claim,
      String phase,
      @Nullable PersistentVolume volume,
      Consumer<PersistentVolumeClaim> next,
      Runnable failure) {
    PersistentVolumeClaimStatus before = claim.status();
    boolean changes = before == null || !phase.equals(before.phase());
    // How large its file system is, is the resizer's to say once it is bound.
    ImmutableMap<String, Quantity> capacity =
        volume == null
            ? ImmutableMap.of()
            : changes || before == null ? volume.spec().capacity() : before.capacity();
    PersistentVolumeClaimStatus status =
        (before == null
                ? PersistentVolumeClaimStatusBuilder.builder()
                : PersistentVolumeClaimStatusBuilder.builder(before))
            .phase(phase)
            .accessModes(volume == null ? ImmutableList.of() : volume.spec().accessModes())
            .capacity(capacity)
            .build();
    if (status.equals(before)) {
      next.accept(claim);
      return;
    }
    client.updateStatus(
        claim.withStatus(status),
        (stored, error) -> {
          if (stored == null) {
            failure.run();
            return;
          }
          if (changes && phase.equals(BOUND)) {
            claimsBound[0]++;
          }
          cache.put(stored);
          next.accept(stored);
        });
  }

  @SuppressWarnings("ReferenceEquality") // What is the same instance has not been changed.
  private void write(
      PersistentVolumeClaim before,
      PersistentVolumeClaim claim,
      Consumer<PersistentVolumeClaim> next,
      Runnable failure) {
    if (claim == before || claim.equals(before)) {
      next.accept(before);
      return;
    }
    client.update(
        claim,
        (stored, error) -> {
          if (stored == null) {
            failure.run();
          } else {
            cache.put(stored);
            next.accept(stored);
          }
        });
  }

  // Volumes

  @SuppressWarnings("ReferenceEquality") // What is the same instance has not been changed.
  private void write(
      PersistentVolume before,
      PersistentVolume volume,
      Consumer<PersistentVolume> next,
      Runnable failure) {
    if (volume == before) {
      next.accept(before);
      return;
    }
    client.update(
        volume,
        (stored, error) -> {
          if (stored == null) {
            failure.run();
          } else {
            cache.put(stored);
            next.accept(stored);
          }
        });
  }

  /** pv_controller.go: updateVolumePhase. */
  private void setPhase(
      PersistentVolume volume,
      String phase,
      @Nullable String message,
      Consumer<PersistentVolume> next,
      Runnable failure) {
    if (phase.equals(phase(volume))) {
      next.accept(volume);
      return;
    }
    PersistentVolumeStatus before = volume.status();
    PersistentVolumeStatusBuilder status =
        before == null
            ? PersistentVolumeStatusBuilder.builder()
            : PersistentVolumeStatusBuilder.builder(before);
    // KEP-3762: the API server notes when the phase has changed.
    String now = Timestamps.format(Timestamps.toSecond(simulation.epochNanos()));
    client.updateStatus(
        volume.withStatus(
            status
                .phase(phase)
                .message(message)
                .rest(status.rest().with("lastPhaseTransitionTime", TextNode.valueOf(now)))
                .build()),
        (stored, error) -> {
          if (stored == null) {
            failure.run();
          } else {
            cache.put(stored);
            next.accept(stored);
          }
        });
  }

  private void syncVolume(ObjectKey key, WorkQueue.Done done) {
    PersistentVolume volume = cache.volume(key.name());
    if (volume == null) {
      done.done(true);
      return;
    }
    ObjectReference owner = volume.spec().claimRef();
    if (owner == null || owner.uid() == null) {
      decide(volume, null, done);
      return;
    }
    Uid uid = owner.uid();
    ObjectKey claimKey = BinderCache.key(owner);
    PersistentVolumeClaim claim = cache.claim(claimKey);
    if (claim != null && uid.equals(claim.metadata().uid())) {
      decide(volume, claim, done);
    } else if (isOver(volume)) {
      decide(volume, null, done);
    } else {
      // The claim may be younger than what is known of it: nothing is given up on hearsay.
      client.get(
          Kinds.PERSISTENT_VOLUME_CLAIM,
          claimKey,
          (fresh, error) -> {
            if (fresh == null && !Batches.isGone(error)) {
              again(key, done);
            } else if (fresh != null && uid.equals(fresh.metadata().uid())) {
              cache.put(fresh);
              decide(volume, fresh, done);
            } else {
              decide(volume, null, done);
            }
          });
    }
  }

  private static boolean isOver(PersistentVolume volume) {
    return RELEASED.equals(phase(volume)) || FAILED.equals(phase(volume));
  }

  private void decide(
      PersistentVolume volume, @Nullable PersistentVolumeClaim claim, WorkQueue.Done done) {
    ObjectKey key = ObjectKey.of(volume);
    Runnable failure = () -> again(key, done);
    switch (BindingSync.volume(volume, claim)) {
      case VolumeDecision.SetPhase(String phase) ->
          setPhase(
              volume,
              phase,
              null,
              stored -> {
                resyncSoon();
                done.done(true);
              },
              failure);
      case VolumeDecision.SyncClaim(ObjectKey owner) -> {
        queue.add(owner);
        done.done(true);
      }
      case VolumeDecision.Mismatch(PersistentVolumeClaim owner) -> {
        event(
            volume,
            ClaimDecision.Notice.warning(
                "VolumeMismatch",
                "Cannot bind PersistentVolume to requested PersistentVolumeClaim \""
                    + owner.name()
                    + "\" due to incompatible volumeMode."));
        event(
            owner,
            ClaimDecision.Notice.warning(
                "VolumeMismatch",
                "Cannot bind PersistentVolume \""
                    + volume.name()
                    + "\" to requested PersistentVolumeClaim due to incompatible volumeMode."));
        done.done(true);
      }
      case VolumeDecision.Release(VolumeDecision.Reclaim then) -> {
        if (isOver(volume)) {
          reclaim(volume, then, done);
        } else {
          setPhase(volume, RELEASED, null, stored -> reclaim(stored, then, done), failure);
        }
      }
      case VolumeDecision.Unbind() -> unbind(volume, done);
    }
  }

  /** pv_controller.go: unbindVolume. */
  private void unbind(PersistentVolume volume, WorkQueue.Done done) {
    Runnable failure = () -> again(ObjectKey.of(volume), done);
    ObjectReference owner = Objects.requireNonNull(volume.spec().claimRef());
    boolean chosen = volume.metadata().annotations().containsKey(VolumeKeys.BOUND_BY_CONTROLLER);
    PersistentVolume unbound =
        volume.withSpec(
            PersistentVolumeSpecBuilder.builder(volume.spec())
                .claimRef(chosen ? null : ObjectReferenceBuilder.builder(owner).uid(null).build())
                .build());
    if (chosen) {
      unbound =
          unbound.withMetadata(
              VolumeKeys.withoutAnnotation(volume.metadata(), VolumeKeys.BOUND_BY_CONTROLLER));
    }
    write(
        volume,
        unbound,
        stored ->
            setPhase(
                stored,
                "Available",
                null,
                available -> {
                  resyncSoon();
                  done.done(true);
                },
                failure),
        failure);
  }

  private void reclaim(PersistentVolume volume, VolumeDecision.Reclaim how, WorkQueue.Done done) {
    switch (how) {
      case VolumeDecision.Reclaim.Leave() -> done.done(true);
      case VolumeDecision.Reclaim.Fail(String reason, String message) -> {
        if (!FAILED.equals(phase(volume))) {
          event(volume, ClaimDecision.Notice.warning(reason, message));
        }
        setPhase(
            volume,
            FAILED,
            message,
            stored -> done.done(true),
            () -> again(ObjectKey.of(volume), done));
      }
      // Both take their time, during which others are looked after.
      case VolumeDecision.Reclaim.Recycle() -> {
        later(volume, this::recycled);
        done.done(true);
      }
      case VolumeDecision.Reclaim.Delete() -> {
        later(volume, this::scrapped);
        done.done(true);
      }
    }
  }

  private void later(PersistentVolume volume, Consumer<PersistentVolume> action) {
    if (!reclaiming.add(volume.name())) {
      return;
    }
    simulation.schedule(
        latency.delete().sampleNanos(random),
        () -> {
          reclaiming.remove(volume.name());
          PersistentVolume current = cache.volume(volume.name());
          if (current != null
              && isOver(current)
              && Objects.equals(current.metadata().uid(), volume.metadata().uid())) {
            action.accept(current);
          }
        });
  }

  private void recycled(PersistentVolume volume) {
    event(volume, ClaimDecision.Notice.normal("VolumeRecycled", "Volume recycled"));
    unbind(volume, succeeded -> {});
  }

  private void scrapped(PersistentVolume volume) {
    client.delete(
        Kinds.PERSISTENT_VOLUME,
        ObjectKey.of(volume),
        DeleteOptions.DEFAULT,
        (deleted, error) -> {
          if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
            failed.add(ObjectKey.of(volume));
            resyncSoon();
          }
        });
  }
}
