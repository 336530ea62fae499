package io.towtank.controllers.persistentvolume;

import com.google.common.collect.Iterables;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectReference;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.volume.VolumeMatch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The newest versions of claims and volumes that the binder has seen or written itself: what it has
 * just written counts at once, not when its informer tells of it (pv_controller.go, on its local
 * caches).
 */
final class BinderCache {
  private final Map<ObjectKey, PersistentVolumeClaim> claims = new TreeMap<>();
  private final Map<String, PersistentVolume> volumes = new LinkedHashMap<>();
  private final Map<ObjectKey, NavigableSet<String>> kept = new TreeMap<>();
  private final Map<String, NavigableSet<String>> free = new TreeMap<>();

  /** Takes in a claim; false where it is not newer than what is known. */
  boolean put(PersistentVolumeClaim claim) {
    PersistentVolumeClaim known = claims.get(ObjectKey.of(claim));
    if (known != null && known.resourceVersion() >= claim.resourceVersion()) {
      return false;
    }
    claims.put(ObjectKey.of(claim), claim);
    return true;
  }

  /** Takes in a volume; false where it is not newer than what is known. */
  boolean put(PersistentVolume volume) {
    PersistentVolume known = volumes.get(volume.name());
    if (known != null && known.resourceVersion() >= volume.resourceVersion()) {
      return false;
    }
    if (known != null) {
      unfile(known);
    }
    volumes.put(volume.name(), volume);
    ObjectReference owner = volume.spec().claimRef();
    if (owner == null) {
      free.computeIfAbsent(VolumeMatch.className(volume), key -> new TreeSet<>())
          .add(volume.name());
    } else {
      kept.computeIfAbsent(key(owner), key -> new TreeSet<>()).add(volume.name());
    }
    return true;
  }

  private void unfile(PersistentVolume volume) {
    ObjectReference owner = volume.spec().claimRef();
    if (owner == null) {
      drop(free, VolumeMatch.className(volume), volume.name());
    } else {
      drop(kept, key(owner), volume.name());
    }
  }

  private static <K> void drop(Map<K, NavigableSet<String>> files, K key, String name) {
    NavigableSet<String> names = files.get(key);
    if (names != null) {
      names.remove(name);
      if (names.isEmpty()) {
        files.remove(key);
      }
    }
  }

  void remove(PersistentVolumeClaim claim) {
    claims.remove(ObjectKey.of(claim));
  }

  void remove(PersistentVolume volume) {
    PersistentVolume known = volumes.remove(volume.name());
    if (known != null) {
      unfile(known);
    }
  }

  @Nullable PersistentVolumeClaim claim(ObjectKey key) {
    return claims.get(key);
  }

  @Nullable PersistentVolume volume(String name) {
    return volumes.get(name);
  }

  /** The volumes that are given to, or kept for, a claim of that name, by name. */
  Iterable<PersistentVolume> keptFor(ObjectKey claim) {
    return named(kept.get(claim));
  }

  /** The volumes of a class that are nobody's, by name. */
  Iterable<PersistentVolume> free(String className) {
    return named(free.get(className));
  }

  private Iterable<PersistentVolume> named(@Nullable NavigableSet<String> names) {
    return names == null
        ? List.of()
        : Iterables.transform(names, name -> Objects.requireNonNull(volumes.get(name)));
  }

  /** The key of the claim that a volume names. */
  static ObjectKey key(ObjectReference owner) {
    return new ObjectKey(owner.namespace(), String.valueOf(owner.name()));
  }
}
