package io.towtank.controllers.ephemeralvolume;

import com.google.common.collect.ImmutableList;
import io.towtank.api.EphemeralVolumeSource;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeClaimTemplate;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import io.towtank.api.Volume;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.ControllerRefs;
import io.towtank.controllers.workload.PodsOfClaims;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.WatchListener;
import io.towtank.volume.VolumeClaims;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes claims for pods that bring a template for them. */
public final class EphemeralVolumeController implements Component {
  private static final String NAME = "ephemeral-volume-controller";
  private static final String EVENT_SOURCE = "ephemeral_volume";
  // kube-controller-manager: --concurrent-ephemeralvolume-syncs
  private static final int WORKERS = 5;

  private final ApiClient client;
  private final Recorder recorder;
  private final Informer<Pod> pods;
  private final Informer<PersistentVolumeClaim> claims;
  private final PodsOfClaims users;
  private final WorkQueue<ObjectKey> queue;
  private final long[] created;

  /** A controller that does nothing before its start. */
  public EphemeralVolumeController(ComponentContext context) {
    this.client = context.client();
    this.recorder = context.recorder();
    this.pods = context.informers().informer(Kinds.POD);
    this.claims = context.informers().informer(Kinds.PERSISTENT_VOLUME_CLAIM);
    this.users = new PodsOfClaims(pods, (previous, current) -> {});
    this.queue = new WorkQueue<>(context.simulation(), WORKERS, this::sync);
    this.created = recorder.counter(NAME + "/claimsCreated");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    pods.addHandler(
        new WatchListener<Pod>() {
          @Override
          public void added(Pod pod) {
            if (VolumeClaims.ownsClaims(pod.spec())) {
              users.start();
              queue.add(ObjectKey.of(pod));
            }
          }

          // Volumes of a pod never change.
          @Override
          public void modified(Pod previous, Pod pod) {}

          @Override
          public void deleted(Pod last) {
            if (VolumeClaims.ownsClaims(last.spec())) {
              queue.forget(ObjectKey.of(last));
            }
          }
        });
    claims.addHandler(
        new WatchListener<PersistentVolumeClaim>() {
          @Override
          public void added(PersistentVolumeClaim claim) {}

          @Override
          public void modified(PersistentVolumeClaim previous, PersistentVolumeClaim claim) {}

          @Override
          public void deleted(PersistentVolumeClaim last) {
            for (Pod pod : users.of(ObjectKey.of(last))) {
              if (VolumeClaims.ownsClaims(pod.spec())) {
                queue.add(ObjectKey.of(pod));
              }
            }
          }
        });
  }

  /**
   * What is to be done for a pod: the claims that it lacks, in order, up to the first volume whose
   * claim is somebody else's.
   *
   * @param conflict what is told of that volume, null where there is none
   */
  record Sync(ImmutableList<PersistentVolumeClaim> missing, @Nullable String conflict) {}

  /** Decides from a pod and the claims that there are. */
  static Sync decide(Pod pod, Function<ObjectKey, @Nullable PersistentVolumeClaim> known) {
    List<PersistentVolumeClaim> missing = new ArrayList<>();
    if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
      return new Sync(ImmutableList.of(), null);
    }
    for (Volume volume : pod.spec().volumes()) {
      EphemeralVolumeSource source = volume.ephemeral();
      PersistentVolumeClaimTemplate template = source == null ? null : source.volumeClaimTemplate();
      String name = VolumeClaims.name(pod.name(), volume);
      if (template == null || name == null) {
        continue;
      }
      PersistentVolumeClaim claim = known.apply(new ObjectKey(pod.metadata().namespace(), name));
      if (claim == null) {
        missing.add(claim(pod, name, template));
      } else if (!VolumeClaims.wasMadeFor(pod, claim)) {
        return new Sync(
            ImmutableList.copyOf(missing),
            "ephemeral volume "
                + volume.name()
                + ": "
                + VolumeClaims.notMadeFor(ObjectKey.of(pod), claim));
      }
    }
    return new Sync(ImmutableList.copyOf(missing), null);
  }

  private static PersistentVolumeClaim claim(
      Pod pod, String name, PersistentVolumeClaimTemplate template) {
    ObjectMetaBuilder metadata =
        ObjectMetaBuilder.builder()
            .name(name)
            .namespace(pod.metadata().namespace())
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .ownerReferences(ImmutableList.of(ControllerRefs.to(pod)));
    ObjectMeta given = template.metadata();
    if (given != null) {
      metadata.labels(given.labels()).annotations(given.annotations());
    }
    return new PersistentVolumeClaim(metadata.build(), 0, template.spec(), null, Fields.NONE);
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    Pod pod = pods.get(key);
    if (pod == null) {
      done.done(true);
      return;
    }
    Sync sync = decide(pod, claims::get);
    ImmutableList<PersistentVolumeClaim> missing = sync.missing();
    Batches.oneByOne(
        missing.size(),
        (i, answer) ->
            client.create(
                missing.get(i), (stored, error) -> created(pod, missing.get(i), error, answer)),
        (sent, error) -> {
          if (error == null && sync.conflict() != null) {
            tell(pod, sync.conflict());
          }
          done.done(error == null && sync.conflict() == null);
        });
  }

  private void created(
      Pod pod, PersistentVolumeClaim claim, @Nullable ApiException error, Batches.Answer answer) {
    if (error == null) {
      created[0]++;
    } else {
      tell(
          pod,
          "ephemeral volume "
              + claim.name().substring(pod.name().length() + 1)
              + ": create PVC "
              + claim.name()
              + ": "
              + error.getMessage());
    }
    answer.answered(error);
  }

  private void tell(Pod pod, String message) {
    recorder.event(pod, EVENT_SOURCE, "Warning", "FailedBinding", message);
  }
}
