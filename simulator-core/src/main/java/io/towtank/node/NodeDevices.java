package io.towtank.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.Fields;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The devices behind a node's extended resources: which of them pods have, and which are broken
 * (kubelet: cm/devicemanager).
 *
 * <p>Those of {@code nvidia.com/gpu} are called gpu-0, gpu-1 and so on. A pod gets the first ones
 * that are free and well, and keeps them until it ends, even where they break meanwhile; its
 * containers share them out in order, init containers that end leaving theirs to others. Of a
 * resource of which there are more than 256 on a node, as of thousandths of a GPU, there is only an
 * amount.
 */
final class NodeDevices {
  private static final long MOST = 256;

  /** The devices of one resource. */
  private static final class Devices {
    final BitSet taken = new BitSet();
    final BitSet broken = new BitSet();

    /** How many the node had before any broke; -1 while none ever has. */
    long total = -1;
  }

  private final Map<String, Devices> byResource = new TreeMap<>();
  private final Int2ObjectOpenHashMap<ImmutableMap<String, int[]>> byRow =
      new Int2ObjectOpenHashMap<>();

  private Devices devices(String resource) {
    return byResource.computeIfAbsent(resource, name -> new Devices());
  }

  /** Whether a resource's amounts are devices. */
  static boolean areDevices(String resource) {
    return resource.indexOf('/') >= 0 && !resource.startsWith("hugepages-");
  }

  /** Whether one of the node's devices is broken, or ever was. */
  boolean everBroken() {
    for (Devices devices : byResource.values()) {
      if (devices.total >= 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * How many more devices pods can get.
   *
   * @param offered what the node says that it has
   * @param used what pods have
   */
  long free(String resource, long offered, long used) {
    Devices devices = byResource.get(resource);
    if (devices == null || devices.total < 0 || devices.total > MOST) {
      return offered - used;
    }
    BitSet gone = (BitSet) devices.taken.clone();
    gone.or(devices.broken);
    return devices.total - gone.cardinality();
  }

  /** Whether devices of a resource have broken and none is left that is well. */
  boolean allBroken(String resource) {
    Devices devices = byResource.get(resource);
    return devices != null && devices.total > 0 && devices.broken.cardinality() >= devices.total;
  }

  /**
   * Gives a pod what it asks for.
   *
   * @param offered how many the node says that it has of a resource
   */
  void give(int row, PodPlan plan, ToLongFunction<String> offered) {
    ImmutableMap.Builder<String, int[]> all = ImmutableMap.builder();
    plan.requests.forEach((resource, amount) -> {
      if (areDevices(resource) && amount > 0 && offered.applyAsLong(resource) <= MOST) {
        Devices devices = devices(resource);
        int[] ids = new int[amount.intValue()];
        int next = -1;
        for (int i = 0; i < ids.length; i++) {
          do {
            next = devices.taken.nextClearBit(next + 1);
          } while (devices.broken.get(next));
          ids[i] = next;
          devices.taken.set(next);
        }
        all.put(resource, ids);
      }
    });
    ImmutableMap<String, int[]> given = all.buildOrThrow();
    if (!given.isEmpty()) {
      byRow.put(row, given);
    }
  }

  /** Takes back what a pod has. */
  void takeBack(int row) {
    ImmutableMap<String, int[]> given = byRow.remove(row);
    if (given != null) {
      given.forEach((resource, ids) -> {
        for (int id : ids) {
          devices(resource).taken.clear(id);
        }
      });
    }
  }

  /**
   * Breaks the first devices of a resource that are well.
   *
   * @param offered how many the node says that it has
   * @return those that broke
   */
  BitSet breakSome(String resource, long count, long offered) {
    Devices devices = devices(resource);
    if (devices.total < 0) {
      devices.total = offered;
    }
    BitSet breaking = new BitSet();
    int next = devices.broken.nextClearBit(0);
    while (breaking.cardinality() < count && next < devices.total) {
      breaking.set(next);
      next = devices.broken.nextClearBit(next + 1);
    }
    devices.broken.or(breaking);
    return breaking;
  }

  /** Makes devices well again. */
  void mend(String resource, BitSet mended) {
    devices(resource).broken.andNot(mended);
  }

  /** What the node offers, without what is broken; the same instance where nothing ever was. */
  ImmutableMap<String, Quantity> offered(ImmutableMap<String, Quantity> allocatable) {
    if (!everBroken()) {
      return allocatable;
    }
    Map<String, Quantity> offered = new LinkedHashMap<>(allocatable);
    byResource.forEach((resource, devices) -> {
      if (devices.total >= 0) {
        offered.put(resource, Quantity.of(devices.total - devices.broken.cardinality()));
      }
    });
    return ImmutableMap.copyOf(offered);
  }

  /** Whether one of a pod's devices is among some. */
  boolean hasAny(int row, String resource, BitSet some) {
    ImmutableMap<String, int[]> given = byRow.get(row);
    int[] ids = given == null ? null : given.get(resource);
    if (ids != null) {
      for (int id : ids) {
        if (some.get(id)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The devices that a container has, by their resources. */
  ImmutableMap<String, ImmutableList<String>> of(int row, PodPlan plan, int container) {
    ImmutableMap.Builder<String, ImmutableList<String>> all = ImmutableMap.builder();
    ImmutableMap<String, int[]> given = byRow.get(row);
    if (given != null) {
      given.forEach((resource, ids) -> {
        List<String> own = ImmutableList.of();
        int from = offset(plan, container, resource);
        int to = Math.min(ids.length, from + amount(plan.containers.get(container), resource));
        if (from < to) {
          ImmutableList.Builder<String> names = ImmutableList.builder();
          for (int i = from; i < to; i++) {
            names.add(name(resource, ids[i]));
          }
          own = names.build();
        }
        if (!own.isEmpty()) {
          all.put(resource, ImmutableList.copyOf(own));
        }
      });
    }
    return all.buildOrThrow();
  }

  /** How many of a pod's devices those have that keep theirs and come before a container. */
  private static int offset(PodPlan plan, int container, String resource) {
    int before = 0;
    for (int i = 0; i < container; i++) {
      before += plan.isInit(i) ? 0 : amount(plan.containers.get(i), resource);
    }
    return before;
  }

  private static int amount(Container container, String resource) {
    ResourceRequirements resources = container.resources();
    Quantity amount = resources == null ? null : resources.requests().get(resource);
    return amount == null ? 0 : (int) amount.value();
  }

  private static String name(String resource, int id) {
    return resource.substring(resource.indexOf('/') + 1) + "-" + id;
  }

  /**
   * What a container's status tells of its devices, once one of the node's has broken (KEP-4680,
   * allocatedResourcesStatus); {@link Fields#NONE} before.
   */
  Fields health(int row, PodPlan plan, int container) {
    ImmutableMap<String, int[]> given = byRow.get(row);
    if (given == null || !everBroken()) {
      return Fields.NONE;
    }
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    of(row, plan, container)
        .forEach((resource, names) -> {
          ObjectNode status = all.addObject().put("name", resource);
          ArrayNode resources = status.putArray("resources");
          BitSet broken = devices(resource).broken;
          for (String name : names) {
            int id = Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
            resources
                .addObject()
                .put("resourceID", name)
                .put("health", broken.get(id) ? "Unhealthy" : "Healthy");
          }
        });
    return all.isEmpty() ? Fields.NONE : Fields.NONE.with("allocatedResourcesStatus", all);
  }

  /** Whether anything is to be told of a pod's devices. */
  boolean tellsOf(int row) {
    return everBroken() && byRow.get(row) != null;
  }

  /** How many devices of all resources pods have, for checks. */
  int taken() {
    return byResource.values().stream().mapToInt(devices -> devices.taken.cardinality()).sum();
  }

  /** The pods that have devices, by their rows; null where a pod has none. */
  @Nullable ImmutableMap<String, int[]> of(int row) {
    return byRow.get(row);
  }
}
