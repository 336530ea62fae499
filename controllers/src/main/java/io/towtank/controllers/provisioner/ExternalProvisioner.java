package io.towtank.controllers.provisioner;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.CsiNode;
import io.towtank.api.CsiNodeDriver;
import io.towtank.api.GenericObject;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.StorageClass;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Finalizers;
import io.towtank.latency.Distribution;
import io.towtank.latency.VolumeLatency;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import io.towtank.volume.ProvisionerBehaviour;
import io.towtank.volume.VolumeAttachments;
import io.towtank.volume.VolumeDrivers;
import io.towtank.volume.VolumeKeys;
import io.towtank.volume.VolumeMatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes volumes for claims that ask a CSI driver for one, and deletes those that nobody needs.
 *
 * <pre>
 *   claim with provisioner (and node) ──takes its time──▶ PersistentVolume created
 *        ▲                   │ fails: told, again after 1 s, 2 s, … 5 min
 *        │ the node is gone: the annotation is taken back, the scheduler chooses another
 *   volume Released, policy Delete ──detached, takes its time──▶ deleted
 * </pre>
 */
public final class ExternalProvisioner implements Component {
  private static final String NAME = "external-provisioner";
  private static final long SECOND = 1_000_000_000L;
  // external-provisioner: --retry-interval-start, --retry-interval-max
  private static final long FIRST_RETRY_NANOS = SECOND;
  private static final long LAST_RETRY_NANOS = 300 * SECOND;

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final RandomStream random;
  private final VolumeLatency latency;
  private final Informer<PersistentVolumeClaim> claims;
  private final Informer<PersistentVolume> volumes;
  private final Informer<StorageClass> classes;
  private final Informer<Node> nodes;
  private final Informer<CsiNode> csiNodes;
  private final Informer<GenericObject> attachments;
  // What is under way or waits for its next try, by the claim's or the volume's uid.
  private final Map<String, Integer> failures = new HashMap<>();
  private final Map<String, ImmutableList<ImmutableSortedMap<String, String>>> places =
      new HashMap<>();
  private final long[] volumesMade;
  private final long[] volumesDeleted;
  private final long[] triesFailed;
  private boolean watchesNodes;

  /** A provisioner that does nothing before its start. */
  public ExternalProvisioner(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.random = context.random();
    this.latency = context.latency().volumes();
    this.claims = context.informers().informer(Kinds.PERSISTENT_VOLUME_CLAIM);
    this.volumes = context.informers().informer(Kinds.PERSISTENT_VOLUME);
    this.classes = context.informers().informer(Kinds.STORAGE_CLASS);
    this.nodes = context.informers().informer(Kinds.NODE);
    this.csiNodes = context.informers().informer(Kinds.CSI_NODE);
    this.attachments = context.informers().informer(VolumeAttachments.KIND);
    this.volumesMade = recorder.counter(NAME + "/volumesProvisioned");
    this.volumesDeleted = recorder.counter(NAME + "/volumesDeleted");
    this.triesFailed = recorder.counter(NAME + "/failures");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    attachments.addIndex("volume", VolumeAttachments::volume);
    claims.addHandler(
        new WatchListener<PersistentVolumeClaim>() {
          @Override
          public void added(PersistentVolumeClaim claim) {
            provision(ObjectKey.of(claim));
          }

          @Override
          public void modified(PersistentVolumeClaim previous, PersistentVolumeClaim claim) {
            added(claim);
          }

          @Override
          public void deleted(PersistentVolumeClaim last) {}
        });
    volumes.addHandler(
        new WatchListener<PersistentVolume>() {
          @Override
          public void added(PersistentVolume volume) {
            delete(volume.name());
          }

          @Override
          public void modified(PersistentVolume previous, PersistentVolume volume) {
            added(volume);
          }

          @Override
          public void deleted(PersistentVolume last) {}
        });
    classes.addHandler(
        new WatchListener<StorageClass>() {
          @Override
          public void added(StorageClass storageClass) {
            claims.forEach(claim -> {
              if (VolumeMatch.className(claim).equals(storageClass.name())) {
                provision(ObjectKey.of(claim));
              }
            });
          }

          @Override
          public void modified(StorageClass previous, StorageClass storageClass) {
            added(storageClass);
          }

          @Override
          public void deleted(StorageClass last) {}
        });
  }

  // Making

  private void provision(ObjectKey key) {
    PersistentVolumeClaim claim = claims.get(key);
    StorageClass storageClass = claim == null ? null : classOf(claim);
    if (claim == null
        || storageClass == null
        || !Provisioning.isWanted(claim, storageClass)
        || failures.putIfAbsent(uid(claim), 0) != null) {
      return;
    }
    tryToMake(claim, storageClass);
  }

  private @Nullable StorageClass classOf(PersistentVolumeClaim claim) {
    return classes.get(null, VolumeMatch.className(claim));
  }

  private static String uid(PersistentVolumeClaim claim) {
    return String.valueOf(claim.metadata().uid());
  }

  private void tryToMake(PersistentVolumeClaim claim, StorageClass storageClass) {
    recorder.event(
        claim,
        VolumeDrivers.provisioner(storageClass.provisioner()),
        "Normal",
        "Provisioning",
        "External provisioner is provisioning volume for claim \"" + ObjectKey.of(claim) + "\"");
    String selected = Provisioning.selectedNode(claim);
    if (selected != null && nodes.get(null, selected) == null) {
      reschedule(claim, storageClass, selected);
      return;
    }
    ProvisionerBehaviour behaviour = ProvisionerBehaviour.of(storageClass);
    Distribution time = behaviour.provision();
    simulation.schedule(
        (time == null ? latency.provision() : time).sampleNanos(random),
        () -> {
          if (behaviour.failureRate() > 0 && random.nextDouble() < behaviour.failureRate()) {
            failed(claim, storageClass, "rpc error: code = Internal desc = the storage has failed");
          } else {
            place(claim, storageClass, behaviour);
          }
        });
  }

  private void place(
      PersistentVolumeClaim claim, StorageClass storageClass, ProvisionerBehaviour behaviour) {
    String selected = Provisioning.selectedNode(claim);
    ImmutableList<String> keys = keys(storageClass, behaviour, selected);
    ImmutableSortedMap<String, String> place;
    if (selected == null) {
      place = Topology.spread(places(storageClass, keys), claim.name());
    } else {
      Node node = nodes.get(null, selected);
      place = node == null ? null : Topology.ofNode(keys, node.metadata().labels());
      if (place == null) {
        failed(
            claim,
            storageClass,
            "error generating accessibility requirements: topology labels from selected node "
                + selected
                + " does not match topology keys "
                + keys);
        return;
      }
    }
    client.create(
        Provisioning.volume(claim, storageClass, Topology.affinity(place)),
        (stored, error) -> {
          if (error != null && error.reason() != ApiException.Reason.ALREADY_EXISTS) {
            failed(claim, storageClass, String.valueOf(error.getMessage()));
            return;
          }
          failures.remove(uid(claim));
          volumesMade[0]++;
          recorder.event(
              claim,
              VolumeDrivers.provisioner(storageClass.provisioner()),
              "Normal",
              "ProvisioningSucceeded",
              "Successfully provisioned volume " + Provisioning.name(claim));
        });
  }

  /** Which node labels tell from where the volumes of a class can be reached. */
  private ImmutableList<String> keys(
      StorageClass storageClass, ProvisionerBehaviour behaviour, @Nullable String selected) {
    if (!behaviour.topologyKeys().isEmpty()) {
      return behaviour.topologyKeys();
    }
    String driver = VolumeDrivers.provisioner(storageClass.provisioner());
    if (selected != null) {
      CsiNode node = csiNodes.get(null, selected);
      ImmutableList<String> keys = node == null ? ImmutableList.of() : keys(node, driver);
      return keys.isEmpty() ? Topology.keys(storageClass.allowedTopologies()) : keys;
    }
    for (CsiNode node : csiNodes.list()) {
      ImmutableList<String> keys = keys(node, driver);
      if (!keys.isEmpty()) {
        return keys;
      }
    }
    return ImmutableList.of();
  }

  private static ImmutableList<String> keys(CsiNode node, String driver) {
    for (CsiNodeDriver candidate : node.spec().drivers()) {
      if (candidate.name().equals(driver)) {
        return candidate.topologyKeys();
      }
    }
    return ImmutableList.of();
  }

  private ImmutableList<ImmutableSortedMap<String, String>> places(
      StorageClass storageClass, ImmutableList<String> keys) {
    if (!storageClass.allowedTopologies().isEmpty()) {
      return Topology.allowed(storageClass.allowedTopologies());
    }
    if (keys.isEmpty()) {
      return ImmutableList.of();
    }
    if (places.isEmpty()) {
      forgetPlacesWithNodes();
    }
    return places.computeIfAbsent(keys.toString(), text -> placesOfNodes(keys));
  }

  private ImmutableList<ImmutableSortedMap<String, String>> placesOfNodes(
      ImmutableList<String> keys) {
    List<ImmutableSortedMap<String, String>> found = new ArrayList<>();
    nodes.forEach(node -> {
      ImmutableSortedMap<String, String> place = Topology.ofNode(keys, node.metadata().labels());
      if (place != null) {
        found.add(place);
      }
    });
    return Topology.sorted(found);
  }

  /** What nodes' labels say is worked out once, and again after they have changed. */
  private void forgetPlacesWithNodes() {
    if (watchesNodes) {
      return;
    }
    watchesNodes = true;
    nodes.addHandler(
        new WatchListener<Node>() {
          @Override
          public void added(Node node) {
            places.clear();
          }

          @Override
          public void modified(Node previous, Node node) {
            if (!previous.metadata().labels().equals(node.metadata().labels())) {
              places.clear();
            }
          }

          @Override
          public void deleted(Node last) {
            places.clear();
          }
        });
  }

  private void failed(PersistentVolumeClaim claim, StorageClass storageClass, String why) {
    triesFailed[0]++;
    recorder.event(
        claim,
        VolumeDrivers.provisioner(storageClass.provisioner()),
        "Warning",
        "ProvisioningFailed",
        "failed to provision volume with StorageClass \"" + storageClass.name() + "\": " + why);
    String uid = uid(claim);
    simulation.schedule(
        backoff(uid),
        () -> {
          PersistentVolumeClaim current = claims.get(ObjectKey.of(claim));
          StorageClass now = current == null ? null : classOf(current);
          if (current != null
              && now != null
              && uid(current).equals(uid)
              && Provisioning.isWanted(current, now)) {
            tryToMake(current, now);
          } else {
            failures.remove(uid);
          }
        });
  }

  private long backoff(String uid) {
    int before = failures.merge(uid, 1, Integer::sum) - 1;
    return Math.min(LAST_RETRY_NANOS, FIRST_RETRY_NANOS << Math.min(before, 20));
  }

  /** rescheduleProvisioning: the scheduler sees the annotation gone and begins anew. */
  private void reschedule(PersistentVolumeClaim claim, StorageClass storageClass, String selected) {
    triesFailed[0]++;
    recorder.event(
        claim,
        VolumeDrivers.provisioner(storageClass.provisioner()),
        "Warning",
        "ProvisioningFailed",
        "failed to get target node: nodes \"" + selected + "\" not found");
    client.patch(
        Kinds.PERSISTENT_VOLUME_CLAIM,
        ObjectKey.of(claim),
        current ->
            selected.equals(Provisioning.selectedNode(current))
                ? current.withMetadata(
                    VolumeKeys.withoutAnnotation(current.metadata(), VolumeKeys.SELECTED_NODE))
                : current,
        (stored, error) -> failures.remove(uid(claim)));
  }

  // Deleting

  private void delete(String name) {
    PersistentVolume volume = volumes.get(null, name);
    if (volume == null || !Provisioning.isUnwanted(volume)) {
      return;
    }
    if (failures.putIfAbsent(uid(volume), 0) == null) {
      tryToDelete(volume);
    }
  }

  private static String uid(PersistentVolume volume) {
    return String.valueOf(volume.metadata().uid());
  }

  private void tryToDelete(PersistentVolume volume) {
    ImmutableList<GenericObject> attached = attachments.byIndex("volume", volume.name());
    if (!attached.isEmpty()) {
      deletionFailed(
          volume,
          "persistentvolume " + volume.name() + " is still attached to node " + nodesOf(attached));
      return;
    }
    simulation.schedule(
        latency.delete().sampleNanos(random),
        () ->
            client.delete(
                Kinds.PERSISTENT_VOLUME,
                ObjectKey.of(volume),
                DeleteOptions.DEFAULT,
                (marked, error) -> {
                  if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
                    deletionFailed(volume, String.valueOf(error.getMessage()));
                  } else {
                    release(volume);
                  }
                }));
  }

  private static String nodesOf(ImmutableList<GenericObject> attached) {
    TreeSet<String> names = new TreeSet<>();
    attached.forEach(attachment -> names.add(VolumeAttachments.node(attachment)));
    return String.join(", ", names);
  }

  private void release(PersistentVolume volume) {
    client.patch(
        Kinds.PERSISTENT_VOLUME,
        ObjectKey.of(volume),
        current ->
            current.metadata().finalizers().contains(Provisioning.FINALIZER)
                ? current.withMetadata(
                    Finalizers.without(current.metadata(), Provisioning.FINALIZER))
                : current,
        (stored, error) -> {
          if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
            deletionFailed(volume, String.valueOf(error.getMessage()));
          } else {
            volumesDeleted[0]++;
            failures.remove(uid(volume));
          }
        });
  }

  private void deletionFailed(PersistentVolume volume, String why) {
    triesFailed[0]++;
    recorder.event(
        volume,
        String.valueOf(volume.metadata().annotations().get(VolumeKeys.PROVISIONED_BY)),
        "Warning",
        "VolumeFailedDelete",
        why);
    String uid = uid(volume);
    simulation.schedule(
        backoff(uid),
        () -> {
          PersistentVolume current = volumes.get(null, volume.name());
          if (current != null && uid(current).equals(uid) && Provisioning.isUnwanted(current)) {
            tryToDelete(current);
          } else {
            failures.remove(uid);
          }
        });
  }
}
