package io.towtank.controllers.attachdetach;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectReference;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.Taint;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.controllers.workload.Finalizers;
import io.towtank.controllers.workload.PodsOfClaims;
import io.towtank.latency.VolumeLatency;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import io.towtank.volume.VolumeAttachments;
import io.towtank.volume.VolumeClaims;
import io.towtank.volume.VolumeDrivers;
import io.towtank.volume.VolumeKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Attaches volumes to nodes and takes them off.
 *
 * <pre>
 *   a pod with the claim is bound to the node ─▶ VolumeAttachment ──takes its time──▶ attached
 *       ▲ the volume is on another node: Multi-Attach error, until it is not           │
 *   gone ◀──takes its time── being deleted ◀── no pod there needs it, and it is unmounted
 * </pre>
 *
 * A kubelet that is well has unmounted a volume before its pod is gone. Of one that is not nobody
 * knows: its volumes are taken by force after six minutes, or at once where the node is deleted or
 * an administrator has tainted it as out of service.
 */
public final class AttachDetachController implements Component {
  private static final String NAME = "persistentvolume-attach-detach-controller";
  private static final String EVENT_SOURCE = "attachdetach-controller";
  private static final int WORKERS = 10;
  // attachdetach: reconcilerMaxWaitForUnmountDuration
  private static final long FORCE_NANOS = 360_000_000_000L;
  private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final RandomStream random;
  private final VolumeLatency latency;
  private final Informer<PersistentVolumeClaim> claims;
  private final Informer<PersistentVolume> volumes;
  private final Informer<Node> nodes;
  private final Informer<GenericObject> attachments;
  private final Informer<GenericObject> drivers;
  private final PodsOfClaims pods;
  private final WorkQueue<String> queue;
  // When a detachment was first wanted, by the attachment's name.
  private final Map<String, Long> wantedGone = new HashMap<>();
  private final Set<String> refused = new HashSet<>();
  private final Set<String> busy = new HashSet<>();
  private final long[] attached;
  private final long[] detached;
  private final long[] forced;

  /** A controller that does nothing before its start. */
  public AttachDetachController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.random = context.random();
    this.latency = context.latency().volumes();
    this.claims = context.informers().informer(Kinds.PERSISTENT_VOLUME_CLAIM);
    this.volumes = context.informers().informer(Kinds.PERSISTENT_VOLUME);
    this.nodes = context.informers().informer(Kinds.NODE);
    this.attachments = context.informers().informer(VolumeAttachments.KIND);
    this.drivers = context.informers().informer(VolumeAttachments.CSI_DRIVER);
    this.pods = new PodsOfClaims(context.informers().informer(Kinds.POD), this::podChanged);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.attached = recorder.counter(NAME + "/volumesAttached");
    this.detached = recorder.counter(NAME + "/volumesDetached");
    this.forced = recorder.counter(NAME + "/forcedDetachments");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    attachments.addIndex("volume", VolumeAttachments::volume);
    attachments.addIndex("node", VolumeAttachments::node);
    claims.addHandler(
        new WatchListener<PersistentVolumeClaim>() {
          @Override
          public void added(PersistentVolumeClaim claim) {
            pods.start();
            addVolumeOf(claim);
          }

          @Override
          public void modified(PersistentVolumeClaim previous, PersistentVolumeClaim claim) {
            addVolumeOf(claim);
          }

          @Override
          public void deleted(PersistentVolumeClaim last) {
            addVolumeOf(last);
          }
        });
    volumes.addHandler(
        new WatchListener<PersistentVolume>() {
          @Override
          public void added(PersistentVolume volume) {
            if (volume.spec().claimRef() != null) {
              queue.add(volume.name());
            }
          }

          @Override
          public void modified(PersistentVolume previous, PersistentVolume volume) {
            added(volume);
          }

          @Override
          public void deleted(PersistentVolume last) {
            queue.add(last.name());
          }
        });
    attachments.addHandler(
        new WatchListener<GenericObject>() {
          @Override
          public void added(GenericObject attachment) {
            attach(attachment);
            queue.add(VolumeAttachments.volume(attachment));
          }

          @Override
          public void modified(GenericObject previous, GenericObject attachment) {
            if (VolumeAttachments.isAttached(attachment)
                && !VolumeAttachments.isAttached(previous)) {
              tellAttached(attachment);
            }
            added(attachment);
          }

          @Override
          public void deleted(GenericObject last) {
            wantedGone.remove(last.name());
            queue.add(VolumeAttachments.volume(last));
          }
        });
    nodes.addHandler(
        new WatchListener<Node>() {
          @Override
          public void added(Node node) {}

          @Override
          public void modified(Node previous, Node node) {
            if (attachments.size() > 0 && isWell(previous) != isWell(node)) {
              addVolumesOn(node.name());
            }
          }

          @Override
          public void deleted(Node last) {
            addVolumesOn(last.name());
          }
        });
  }

  private void addVolumeOf(PersistentVolumeClaim claim) {
    String volume = claim.spec().volumeName();
    if (volume != null && !volume.isEmpty()) {
      queue.add(volume);
    }
  }

  private void addVolumesOn(String node) {
    attachments.forEachInIndex(
        "node", node, attachment -> queue.add(VolumeAttachments.volume(attachment)));
  }

  private void podChanged(@Nullable Pod previous, @Nullable Pod current) {
    boolean needed = previous != null && needsVolumes(previous);
    boolean needs = current != null && needsVolumes(current);
    if (current == null || needed != needs) {
      Pod pod = Objects.requireNonNullElse(current, previous);
      refused.remove(String.valueOf(pod.metadata().uid()));
      for (ObjectKey key : VolumeClaims.of(pod)) {
        PersistentVolumeClaim claim = claims.get(key);
        if (claim != null) {
          addVolumeOf(claim);
        }
      }
    }
  }

  private static boolean needsVolumes(Pod pod) {
    return pod.nodeName() != null && !pod.status().phase().isTerminal();
  }

  /** Whether a node tells of itself, and is in service. */
  private static boolean isWell(Node node) {
    for (Taint taint : node.spec().taints()) {
      if (taint.key().equals(OUT_OF_SERVICE)) {
        return true;
      }
    }
    ConditionStatus ready = node.readiness();
    return ready == null || ready == ConditionStatus.TRUE;
  }

  private void sync(String name, WorkQueue.Done done) {
    PersistentVolume volume = volumes.get(null, name);
    String driver = volume == null ? null : VolumeDrivers.driver(volume);
    ImmutableList<GenericObject> there = attachments.byIndex("volume", name);
    if (there.isEmpty() && (volume == null || driver == null || !hasToBeAttached(driver))) {
      done.done(true);
      return;
    }
    List<Pod> users = volume == null ? ImmutableList.of() : usersOf(volume);
    List<AttachmentSync.Attached> state = new ArrayList<>();
    for (GenericObject attachment : there) {
      String at = VolumeAttachments.node(attachment);
      if (users.stream().anyMatch(pod -> at.equals(pod.nodeName()))) {
        wantedGone.remove(attachment.name());
      }
      state.add(
          new AttachmentSync.Attached(
              at,
              attachment.metadata().deletionTimestamp() != Timestamps.NONE,
              mayLeave(attachment)));
    }
    List<AttachmentSync.Action> actions =
        AttachmentSync.decide(name, volume != null && VolumeDrivers.isShared(volume), users, state);
    Batches.all(
        actions.size(),
        (i, answer) -> {
          switch (actions.get(i)) {
            case AttachmentSync.Action.Attach(String node) ->
                client.create(
                    VolumeAttachments.create(
                        String.valueOf(driver), Objects.requireNonNull(volume), node),
                    (stored, error) ->
                        answer.answered(
                            error != null && error.reason() == ApiException.Reason.ALREADY_EXISTS
                                ? null
                                : error));
            case AttachmentSync.Action.Detach(String node) -> {
              GenericObject attachment = on(there, node);
              if (!wellOrGone(node)) {
                forced[0]++;
              }
              client.delete(
                  VolumeAttachments.KIND,
                  ObjectKey.of(attachment),
                  DeleteOptions.DEFAULT,
                  (marked, error) -> answer.answeredOrGone(error));
            }
            case AttachmentSync.Action.Wait(String node) -> {
              GenericObject attachment = on(there, node);
              long since = wantedGone.computeIfAbsent(attachment.name(), key -> simulation.nanos());
              queue.addAfter(name, since + FORCE_NANOS - simulation.nanos());
              answer.answered(null);
            }
            case AttachmentSync.Action.Refuse(Pod pod, String message) -> {
              if (refused.add(String.valueOf(pod.metadata().uid()))) {
                recorder.event(pod, EVENT_SOURCE, "Warning", "FailedAttachVolume", message);
              }
              answer.answered(null);
            }
          }
        },
        (sent, error) -> done.done(error == null));
  }

  private static GenericObject on(ImmutableList<GenericObject> there, String node) {
    for (GenericObject attachment : there) {
      if (VolumeAttachments.node(attachment).equals(node)) {
        return attachment;
      }
    }
    throw new IllegalStateException("not attached to " + node);
  }

  private boolean wellOrGone(String name) {
    Node node = nodes.get(null, name);
    return node == null || isWell(node);
  }

  private boolean mayLeave(GenericObject attachment) {
    Long since = wantedGone.get(attachment.name());
    return wellOrGone(VolumeAttachments.node(attachment))
        || (since != null && simulation.nanos() - since >= FORCE_NANOS);
  }

  private boolean hasToBeAttached(String name) {
    GenericObject driver = drivers.get(null, name);
    return driver == null || VolumeAttachments.attaches(driver);
  }

  /** The pods on nodes that use a volume. */
  private ImmutableList<Pod> usersOf(PersistentVolume volume) {
    ObjectReference owner = volume.spec().claimRef();
    if (owner == null || owner.name() == null) {
      return ImmutableList.of();
    }
    ObjectKey key = new ObjectKey(owner.namespace(), owner.name());
    PersistentVolumeClaim claim = claims.get(key);
    if (claim == null
        || !volume.name().equals(claim.spec().volumeName())
        || !claim.metadata().annotations().containsKey(VolumeKeys.BIND_COMPLETED)) {
      return ImmutableList.of();
    }
    return pods.of(key).stream()
        .filter(AttachDetachController::needsVolumes)
        .collect(ImmutableList.toImmutableList());
  }

  private void tellAttached(GenericObject attachment) {
    String name = VolumeAttachments.volume(attachment);
    PersistentVolume volume = volumes.get(null, name);
    if (volume == null) {
      return;
    }
    for (Pod pod : usersOf(volume)) {
      if (VolumeAttachments.node(attachment).equals(pod.nodeName())) {
        recorder.event(
            pod,
            EVENT_SOURCE,
            "Normal",
            "SuccessfulAttachVolume",
            "AttachVolume.Attach succeeded for volume \"" + name + "\" ");
      }
    }
  }

  // What the driver does

  private void attach(GenericObject attachment) {
    boolean leaves = attachment.metadata().deletionTimestamp() != Timestamps.NONE;
    if ((!leaves && VolumeAttachments.isAttached(attachment)) || !busy.add(attachment.name())) {
      return;
    }
    simulation.schedule(
        (leaves ? latency.detach() : latency.attach()).sampleNanos(random),
        () -> {
          if (leaves) {
            finishDetaching(attachment);
          } else {
            finishAttaching(attachment);
          }
        });
  }

  private void finishAttaching(GenericObject attachment) {
    client.patchStatus(
        VolumeAttachments.KIND,
        ObjectKey.of(attachment),
        current ->
            VolumeAttachments.isAttached(current) ? current : VolumeAttachments.attached(current),
        (stored, error) -> finished(attachment, stored != null, attached));
  }

  private void finishDetaching(GenericObject attachment) {
    String finalizer = VolumeAttachments.finalizer(VolumeAttachments.driver(attachment));
    client.patch(
        VolumeAttachments.KIND,
        ObjectKey.of(attachment),
        current ->
            current.metadata().finalizers().contains(finalizer)
                ? current.withMetadata(Finalizers.without(current.metadata(), finalizer))
                : current,
        (stored, error) -> finished(attachment, stored != null, detached));
  }

  private void finished(GenericObject attachment, boolean succeeded, long[] counter) {
    busy.remove(attachment.name());
    if (succeeded) {
      counter[0]++;
    }
    // Meanwhile it may have been asked for the opposite; and what failed is tried again.
    GenericObject current = attachments.get(null, attachment.name());
    if (current != null && (!succeeded || isNewlyLeaving(attachment, current))) {
      attach(current);
    }
  }

  private static boolean isNewlyLeaving(GenericObject before, GenericObject now) {
    return before.metadata().deletionTimestamp() == Timestamps.NONE
        && now.metadata().deletionTimestamp() != Timestamps.NONE;
  }
}
