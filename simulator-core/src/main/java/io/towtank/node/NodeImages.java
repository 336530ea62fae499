package io.towtank.node;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import io.towtank.api.ContainerImage;
import io.towtank.api.Fields;
import it.unimi.dsi.fastutil.ints.IntSet;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The images that a node has, or has begun to pull. */
final class NodeImages {
  // kubelet: nodeStatusMaxImages
  private static final int REPORTED = 50;

  private int[] ids = {};
  private long[] presentAtNanos = {};
  private int count;
  private long pullerFreeAtNanos;

  /** All images of a cluster, by number. */
  static final class Catalogue {
    private final ImageSizes sizes;
    private final Object2IntOpenHashMap<String> byName = new Object2IntOpenHashMap<>();
    private final List<ContainerImage> images = new ArrayList<>();

    Catalogue(ImageSizes sizes) {
      this.sizes = sizes;
      byName.defaultReturnValue(-1);
    }

    /** The number of the image that a container names. */
    int id(String name) {
      int id = byName.getInt(name);
      if (id >= 0) {
        return id;
      }
      String full = fullName(name);
      id = byName.getInt(full);
      if (id < 0) {
        id = images.size();
        long bytes = sizes.bytesByName().containsKey(full) ? sizes.bytes(full) : sizes.bytes(name);
        images.add(new ContainerImage(ImmutableList.of(full), bytes, Fields.NONE));
        byName.put(full, id);
      }
      byName.put(name, id);
      return id;
    }

    /** The number of an image that an imported node has. */
    int id(ContainerImage image) {
      for (String name : image.names()) {
        int known = byName.getInt(name);
        if (known >= 0) {
          return known;
        }
      }
      int id = images.size();
      images.add(image);
      image.names().forEach(name -> byName.put(name, id));
      return id;
    }

    ContainerImage image(int id) {
      return images.get(id);
    }

    long bytes(int id) {
      Long bytes = images.get(id).sizeBytes();
      return bytes == null ? 0 : bytes;
    }
  }

  /**
   * A name as the container runtime reports it: with registry and tag (distribution/reference:
   * ParseDockerRef). What is not in lower case before the first slash can only be a registry.
   */
  static String fullName(String image) {
    String name = image;
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    if (slash < 0) {
      name = "docker.io/library/" + name;
    } else if (!first.contains(".")
        && !first.contains(":")
        && !first.equals("localhost")
        && first.equals(Ascii.toLowerCase(first))) {
      name = "docker.io/" + name;
    }
    boolean tagged = name.indexOf(':', name.lastIndexOf('/')) >= 0;
    return tagged || name.contains("@") ? name : name + ":latest";
  }

  /** Whether an image is there. */
  boolean has(int id, long nowNanos) {
    int at = Arrays.binarySearch(ids, 0, count, id);
    return at >= 0 && presentAtNanos[at] <= nowNanos;
  }

  /**
   * Pulls an image that is to be pulled: whole where it is neither there nor on its way, else only
   * its name is looked up.
   *
   * @param startNanos before the first byte
   * @param bytesPerSecond how fast; 0 for at once
   * @param serialize whether it waits for the pulls before it (kubelet: serializeImagePulls)
   * @return when it is there
   */
  long pull(
      int id, long bytes, long nowNanos, long startNanos, long bytesPerSecond, boolean serialize) {
    int at = Arrays.binarySearch(ids, 0, count, id);
    long begin = serialize ? Math.max(nowNanos, pullerFreeAtNanos) : nowNanos;
    long end = begin + startNanos;
    if (at >= 0) {
      end = Math.max(end, presentAtNanos[at]);
    } else if (bytesPerSecond > 0) {
      end += (long) (bytes * 1e9 / bytesPerSecond);
    }
    pullerFreeAtNanos = end;
    if (at < 0) {
      put(-at - 1, id, end);
    }
    return end;
  }

  /** Adds an image that the node has from the start. */
  void add(int id) {
    int at = Arrays.binarySearch(ids, 0, count, id);
    if (at < 0) {
      put(-at - 1, id, Long.MIN_VALUE);
    }
  }

  /** The bytes of all images that are there or on their way. */
  long bytes(Catalogue catalogue) {
    long bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes += Math.max(0, catalogue.bytes(ids[i]));
    }
    return bytes;
  }

  /** Removes the images that are there and that nobody uses; whether there were any. */
  boolean removeUnused(IntSet used, long nowNanos) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (presentAtNanos[i] > nowNanos || used.contains(ids[i])) {
        ids[kept] = ids[i];
        presentAtNanos[kept++] = presentAtNanos[i];
      }
    }
    boolean removed = kept < count;
    count = kept;
    return removed;
  }

  /** Forgets what was being pulled: the node has crashed. */
  void abort(long nowNanos) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (presentAtNanos[i] <= nowNanos) {
        ids[kept] = ids[i];
        presentAtNanos[kept++] = presentAtNanos[i];
      }
    }
    count = kept;
    pullerFreeAtNanos = 0;
  }

  /** When the next image that is not there yet will be; Long.MAX_VALUE where none is awaited. */
  long nextAfter(long nowNanos) {
    long next = Long.MAX_VALUE;
    for (int i = 0; i < count; i++) {
      if (presentAtNanos[i] > nowNanos) {
        next = Math.min(next, presentAtNanos[i]);
      }
    }
    return next;
  }

  /** What the node's status says of them: the largest first, at most 50. */
  ImmutableList<ContainerImage> report(Catalogue catalogue, long nowNanos) {
    List<ContainerImage> present = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      if (presentAtNanos[i] <= nowNanos) {
        present.add(catalogue.image(ids[i]));
      }
    }
    present.sort(
        Comparator.comparingLong(
            (ContainerImage image) -> image.sizeBytes() == null ? 0 : -image.sizeBytes()));
    return ImmutableList.copyOf(present.subList(0, Math.min(REPORTED, present.size())));
  }

  private void put(int at, int id, long presentAt) {
    if (count == ids.length) {
      int capacity = Math.max(4, count + (count >> 1));
      ids = Arrays.copyOf(ids, capacity);
      presentAtNanos = Arrays.copyOf(presentAtNanos, capacity);
    }
    System.arraycopy(ids, at, ids, at + 1, count - at);
    System.arraycopy(presentAtNanos, at, presentAtNanos, at + 1, count - at);
    ids[at] = id;
    presentAtNanos[at] = presentAt;
    count++;
  }
}
