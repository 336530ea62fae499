package io.towtank.controllers.volumeprotection;

import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.Finalizers;
import io.towtank.controllers.workload.PodsOfClaims;
import io.towtank.store.ListOptions;
import io.towtank.store.Selection;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import io.towtank.volume.VolumeKeys;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Lets claims go that are to be deleted as soon as no pod on a node uses them. */
public final class ClaimProtectionController implements Component {
  private static final String NAME = "persistentvolumeclaim-protection-controller";
  // kube-controller-manager: one worker, in startPersistentVolumeClaimProtectionController
  private static final int WORKERS = 1;

  private final ApiClient client;
  private final Informer<PersistentVolumeClaim> claims;
  private final PodsOfClaims pods;
  private final WorkQueue<ObjectKey> queue;

  /** A controller that does nothing before its start. */
  public ClaimProtectionController(ComponentContext context) {
    Simulation simulation = context.simulation();
    this.client = context.client();
    this.claims = context.informers().informer(Kinds.PERSISTENT_VOLUME_CLAIM);
    this.pods = new PodsOfClaims(context.informers().informer(Kinds.POD), this::podChanged);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
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
            pods.start();
            if (decide(claim, false) != Protection.KEEP) {
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

  private void podChanged(@Nullable Pod previous, @Nullable Pod current) {
    // A pod that runs can only be a reason to keep a claim.
    if (current != null && Protection.uses(current) && !current.status().phase().isTerminal()) {
      return;
    }
    for (ObjectKey key : PodsOfClaims.claims(Objects.requireNonNullElse(current, previous))) {
      PersistentVolumeClaim claim = claims.get(key);
      if (claim != null && decide(claim, false) != Protection.KEEP) {
        queue.add(key);
      }
    }
  }

  private static Protection decide(PersistentVolumeClaim claim, boolean used) {
    return Protection.of(claim, VolumeKeys.CLAIM_PROTECTION, used);
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    PersistentVolumeClaim claim = claims.get(key);
    if (claim == null) {
      done.done(true);
      return;
    }
    switch (decide(claim, pods.of(key).stream().anyMatch(Protection::uses))) {
      case KEEP -> done.done(true);
      case ADD -> write(claim, done);
      case REMOVE ->
          // What the informer does not know yet would be a pod without its data.
          client.list(
              Kinds.POD,
              ListOptions.of(Selection.inNamespace(String.valueOf(key.namespace()))),
              (page, error) -> {
                if (page == null) {
                  done.done(false);
                } else if (page.items().stream()
                    .anyMatch(
                        pod -> Protection.uses(pod) && PodsOfClaims.claims(pod).contains(key))) {
                  done.done(true);
                } else {
                  write(claim, done);
                }
              });
    }
  }

  private void write(PersistentVolumeClaim claim, WorkQueue.Done done) {
    boolean add = decide(claim, false) == Protection.ADD;
    client.update(
        claim.withMetadata(
            add
                ? Finalizers.with(claim.metadata(), VolumeKeys.CLAIM_PROTECTION)
                : Finalizers.without(claim.metadata(), VolumeKeys.CLAIM_PROTECTION)),
        (stored, error) -> done.done(error == null || Batches.isGone(error)));
  }
}
