package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;
import io.towtank.api.CsiNode;
import io.towtank.api.GenericObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.StorageClass;
import io.towtank.volume.VolumeAttachments;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Claims, volumes and what belongs to them, as the volume plugins read them. */
public final class Volumes {
  private final Map<ObjectKey, PersistentVolumeClaim> claims = new TreeMap<>();
  private final Map<String, PersistentVolume> volumes = new TreeMap<>();
  private final Map<String, StorageClass> classes = new TreeMap<>();
  private final Map<String, CsiNode> csiNodes = new TreeMap<>();
  private final Map<ObjectKey, CsiStorageCapacity> capacities = new TreeMap<>();
  private final Set<String> driversThatTellCapacity = new TreeSet<>();
  // By node and name of the attachment: the volume.
  private final Map<String, Map<String, String>> attachedVolumes = new HashMap<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private long generation;

  Volumes() {}

  /** Has something called after every change. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private void changed() {
    generation++;
    for (int i = 0; i < listeners.size(); i++) {
      listeners.get(i).run();
    }
  }

  /** Counts up with every change. */
  public long generation() {
    return generation;
  }

  /** A claim, null where there is none. */
  public @Nullable PersistentVolumeClaim claim(String namespace, String name) {
    return claims.get(new ObjectKey(namespace, name));
  }

  /** A volume, null where there is none. */
  public @Nullable PersistentVolume volume(String name) {
    return volumes.get(name);
  }

  /** All volumes, by name. */
  public Collection<PersistentVolume> all() {
    return volumes.values();
  }

  /** A storage class, null where there is none. */
  public @Nullable StorageClass storageClass(String name) {
    return classes.get(name);
  }

  /** What a node's storage drivers tell, null where they told nothing. */
  public @Nullable CsiNode csiNode(String node) {
    return csiNodes.get(node);
  }

  /** Whether a storage driver tells how much room it has, so that none told is none. */
  public boolean tellsCapacity(String driver) {
    return driversThatTellCapacity.contains(driver);
  }

  /** Where storage drivers have room. */
  public Collection<CsiStorageCapacity> capacities() {
    return capacities.values();
  }

  /** The names of volumes that are attached to a node, or are to be. */
  public Collection<String> attached(String node) {
    Map<String, String> ofNode = attachedVolumes.get(node);
    return ofNode == null ? ImmutableList.of() : ofNode.values();
  }

  /** Whether a generic object is of a kind that is kept here. */
  public static boolean isKept(GenericObject object) {
    return object.kind().equals(VolumeAttachments.CSI_DRIVER)
        || object.kind().equals(CsiStorageCapacity.KIND)
        || object.kind().equals(VolumeAttachments.KIND);
  }

  /** Takes in a CSIDriver, CSIStorageCapacity or VolumeAttachment; most changes do not matter. */
  public void set(GenericObject object) {
    boolean news;
    if (object.kind().equals(VolumeAttachments.CSI_DRIVER)) {
      news =
          CsiStorageCapacity.isToldBy(object)
              ? driversThatTellCapacity.add(object.name())
              : driversThatTellCapacity.remove(object.name());
    } else if (object.kind().equals(CsiStorageCapacity.KIND)) {
      CsiStorageCapacity capacity = CsiStorageCapacity.of(object);
      news = !capacity.equals(capacities.put(ObjectKey.of(object), capacity));
    } else {
      String volume = VolumeAttachments.volume(object);
      news =
          !volume.equals(
              attachedVolumes
                  .computeIfAbsent(VolumeAttachments.node(object), n -> new TreeMap<>())
                  .put(object.name(), volume));
    }
    if (news) {
      changed();
    }
  }

  /** One of them is gone. */
  public void remove(GenericObject object) {
    if (object.kind().equals(VolumeAttachments.CSI_DRIVER)) {
      driversThatTellCapacity.remove(object.name());
    } else if (object.kind().equals(CsiStorageCapacity.KIND)) {
      capacities.remove(ObjectKey.of(object));
    } else {
      String node = VolumeAttachments.node(object);
      Map<String, String> ofNode = attachedVolumes.get(node);
      if (ofNode != null) {
        ofNode.remove(object.name());
        if (ofNode.isEmpty()) {
          attachedVolumes.remove(node);
        }
      }
    }
    changed();
  }

  /** Takes in a claim. */
  public void set(PersistentVolumeClaim claim) {
    claims.put(ObjectKey.of(claim), claim);
    changed();
  }

  /** A claim is gone. */
  public void remove(PersistentVolumeClaim claim) {
    claims.remove(ObjectKey.of(claim));
    changed();
  }

  /** Takes in a volume. */
  public void set(PersistentVolume volume) {
    volumes.put(volume.name(), volume);
    changed();
  }

  /** A volume is gone. */
  public void remove(PersistentVolume volume) {
    volumes.remove(volume.name());
    changed();
  }

  /** Takes in a storage class. */
  public void set(StorageClass storageClass) {
    classes.put(storageClass.name(), storageClass);
    changed();
  }

  /** A storage class is gone. */
  public void remove(StorageClass storageClass) {
    classes.remove(storageClass.name());
    changed();
  }

  /** Takes in what a node's drivers tell. */
  public void set(CsiNode csiNode) {
    csiNodes.put(csiNode.name(), csiNode);
    changed();
  }

  /** A node's drivers tell nothing more. */
  public void remove(CsiNode csiNode) {
    csiNodes.remove(csiNode.name());
    changed();
  }
}
