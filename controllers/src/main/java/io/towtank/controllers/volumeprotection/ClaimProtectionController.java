package io.towtank.controllers.volumeprotection;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
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
import io.towtank.volume.VolumeClaims;
import io.towtank.volume.VolumeKeys;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Lets claims go that are to be deleted as soon as no pod on a node uses them. */
public final class ClaimProtectionController implements Component {
  private static final String NAME = "persistentvolumeclaim-protection-controller";
  // kube-controller-manager: one worker, in startPersistentVolumeClaimProtectionController
  private static final int WORKERS = 1;

  private static final NavigableSet<ObjectKey> NONE = Collections.emptyNavigableSet();

  private final ApiClient client;
  private final Informer<PersistentVolumeClaim> claims;
  private final PodsOfClaims pods;
  private final Map<String, NavigableSet<ObjectKey>> pending = new HashMap<>();

  /** Works on namespaces. */
  private final WorkQueue<String> queue;

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
              add(ObjectKey.of(claim));
            }
          }

          @Override
          public void modified(PersistentVolumeClaim previous, PersistentVolumeClaim claim) {
            added(claim);
          }

          @Override
          public void deleted(PersistentVolumeClaim last) {}
        });
  }

  private void podChanged(@Nullable Pod previous, @Nullable Pod current) {
    // A pod that runs can only be a reason to keep a claim.
    if (current != null
        && current.nodeName() != null
        && !current.status().phase().isTerminal()
        && !Protection.isShutDown(current)) {
      return;
    }
    for (ObjectKey key : VolumeClaims.of(Objects.requireNonNullElse(current, previous))) {
      PersistentVolumeClaim claim = claims.get(key);
      if (claim != null && decide(claim, false) != Protection.KEEP) {
        add(key);
      }
    }
  }

  private static Protection decide(PersistentVolumeClaim claim, boolean used) {
    return Protection.of(claim, VolumeKeys.CLAIM_PROTECTION, used);
  }

  private void add(ObjectKey claim) {
    String namespace = String.valueOf(claim.namespace());
    pending.computeIfAbsent(namespace, key -> new TreeSet<>()).add(claim);
    queue.add(namespace);
  }

  /** Many claims that go together, as with their namespace, cost one look at its pods. */
  private void sync(String namespace, WorkQueue.Done done) {
    List<PersistentVolumeClaim> guarded = new ArrayList<>();
    List<PersistentVolumeClaim> free = new ArrayList<>();
    for (ObjectKey key : Objects.requireNonNullElse(pending.remove(namespace), NONE)) {
      PersistentVolumeClaim claim = claims.get(key);
      if (claim != null) {
        switch (decide(claim, pods.of(key).stream().anyMatch(pod -> Protection.uses(pod, claim)))) {
          case KEEP -> {}
          case ADD -> guarded.add(claim);
          case REMOVE -> free.add(claim);
        }
      }
    }
    if (free.isEmpty()) {
      write(guarded, done);
      return;
    }
    // What the informer does not know yet would be a pod without its data.
    client.list(
        Kinds.POD,
        ListOptions.of(Selection.inNamespace(namespace)),
        (page, error) -> {
          if (page == null) {
            free.forEach(claim -> add(ObjectKey.of(claim)));
            guarded.forEach(claim -> add(ObjectKey.of(claim)));
            done.done(false);
            return;
          }
          ListMultimap<ObjectKey, Pod> users = ArrayListMultimap.create();
          for (Pod pod : page.items()) {
            VolumeClaims.of(pod).forEach(claim -> users.put(claim, pod));
          }
          for (PersistentVolumeClaim claim : free) {
            if (users.get(ObjectKey.of(claim)).stream()
                .noneMatch(pod -> Protection.uses(pod, claim))) {
              guarded.add(claim);
            }
          }
          write(guarded, done);
        });
  }

  /** Puts finalizers on claims, and takes them off those that are to be deleted. */
  private void write(List<PersistentVolumeClaim> changing, WorkQueue.Done done) {
    boolean[] failed = {false};
    Batches.all(
        changing.size(),
        (i, answer) -> {
          PersistentVolumeClaim claim = changing.get(i);
          client.update(
              claim.withMetadata(
                  decide(claim, false) == Protection.ADD
                      ? Finalizers.with(claim.metadata(), VolumeKeys.CLAIM_PROTECTION)
                      : Finalizers.without(claim.metadata(), VolumeKeys.CLAIM_PROTECTION)),
              (stored, error) -> {
                if (error != null && !Batches.isGone(error)) {
                  failed[0] = true;
                  pending
                      .computeIfAbsent(
                          String.valueOf(claim.metadata().namespace()), key -> new TreeSet<>())
                      .add(ObjectKey.of(claim));
                }
                answer.answered(null);
              });
        },
        (sent, error) -> done.done(!failed[0]));
  }
}
