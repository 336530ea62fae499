package io.towtank.scheduler.state;

import io.towtank.api.CsiNode;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.StorageClass;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Claims, volumes and what belongs to them, as the volume plugins read them. */
public final class Volumes {
  private final Map<ObjectKey, PersistentVolumeClaim> claims = new TreeMap<>();
  private final Map<String, PersistentVolume> volumes = new TreeMap<>();
  private final Map<String, StorageClass> classes = new TreeMap<>();
  private final Map<String, CsiNode> csiNodes = new TreeMap<>();
  private long generation;

  Volumes() {}

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

  /** Takes in a claim. */
  public void set(PersistentVolumeClaim claim) {
    claims.put(ObjectKey.of(claim), claim);
    generation++;
  }

  /** A claim is gone. */
  public void remove(PersistentVolumeClaim claim) {
    claims.remove(ObjectKey.of(claim));
    generation++;
  }

  /** Takes in a volume. */
  public void set(PersistentVolume volume) {
    volumes.put(volume.name(), volume);
    generation++;
  }

  /** A volume is gone. */
  public void remove(PersistentVolume volume) {
    volumes.remove(volume.name());
    generation++;
  }

  /** Takes in a storage class. */
  public void set(StorageClass storageClass) {
    classes.put(storageClass.name(), storageClass);
    generation++;
  }

  /** A storage class is gone. */
  public void remove(StorageClass storageClass) {
    classes.remove(storageClass.name());
    generation++;
  }

  /** Takes in what a node's drivers tell. */
  public void set(CsiNode csiNode) {
    csiNodes.put(csiNode.name(), csiNode);
    generation++;
  }

  /** A node's drivers tell nothing more. */
  public void remove(CsiNode csiNode) {
    csiNodes.remove(csiNode.name());
    generation++;
  }
}
