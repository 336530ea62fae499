package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ContainerImage;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.latency.LatencyProfile;
import io.towtank.time.Simulation;
import it.unimi.dsi.fastutil.ints.IntList;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** How images come to nodes from the registry, and go (kubelet: images). */
final class ImagePulls {
  private final Simulation simulation;
  private final KubeletRequests requests;
  private final LatencyProfile latency;
  private final PodTable table;
  private final NodeImages.Catalogue catalogue;
  private final boolean serialize;
  private final long[] imagesPulled;
  private final List<Predicate<String>> outages = new ArrayList<>();
  private int passingOutages;

  /**
   * @param serialize whether a node pulls one image after the other (kubelet: serializeImagePulls)
   * @param imagesPulled counts them
   */
  ImagePulls(
      Simulation simulation,
      KubeletRequests requests,
      LatencyProfile latency,
      PodTable table,
      ImageSizes sizes,
      boolean serialize,
      long[] imagesPulled) {
    this.simulation = simulation;
    this.requests = requests;
    this.latency = latency;
    this.table = table;
    this.catalogue = new NodeImages.Catalogue(sizes);
    this.serialize = serialize;
    this.imagesPulled = imagesPulled;
  }

  NodeImages.Catalogue catalogue() {
    return catalogue;
  }

  /** Takes the registry down for some images, by their full names; what it gives ends that. */
  Runnable failRegistry(Predicate<String> images, boolean forGood) {
    outages.add(images);
    passingOutages += forGood ? 0 : 1;
    return () -> {
      outages.remove(images);
      passingOutages -= forGood ? 0 : 1;
    };
  }

  /** Whether an image that cannot be had now may be there soon. */
  boolean registryComesBack() {
    return passingOutages > 0;
  }

  /** A node has images from the start. */
  void bring(HollowKubelet node, ImmutableList<ContainerImage> images) {
    for (ContainerImage image : images) {
      node.images.add(catalogue.id(image));
    }
  }

  /** A node crashes: what was being pulled is lost. */
  void abort(HollowKubelet node) {
    stopReporting(node);
    node.images.abort(simulation.nanos());
  }

  /** Whether a container's image would have to be pulled and cannot be. */
  boolean fails(HollowKubelet node, PodPlan plan, int container) {
    int image = plan.images[container];
    return switch (plan.pullPolicies.get(container)) {
      case NEVER -> false;
      case IF_NOT_PRESENT -> cannotBeHad(image) && !node.images.has(image, simulation.nanos());
      case ALWAYS -> cannotBeHad(image);
    };
  }

  private boolean cannotBeHad(int image) {
    if (catalogue.bytes(image) < 0) {
      return true;
    }
    for (Predicate<String> outage : outages) {
      if (catalogue.image(image).names().stream().anyMatch(outage)) {
        return true;
      }
    }
    return false;
  }

  /** How long it takes until a container's image is there; -1 where it never will be. */
  long nanos(HollowKubelet node, PodPlan plan, int container) {
    int image = plan.images[container];
    long now = simulation.nanos();
    boolean present = node.images.has(image, now);
    switch (plan.pullPolicies.get(container)) {
      case NEVER -> {
        return present ? 0 : -1;
      }
      case IF_NOT_PRESENT -> {
        if (present) {
          return 0;
        }
      }
      case ALWAYS -> {}
    }
    long end =
        node.images.pull(
            image,
            catalogue.bytes(image),
            now,
            latency.imagePullStart().sampleNanos(node.random),
            slowed(latency.imageBytesPerSecond(), node.diskFactor),
            serialize);
    if (!present) {
      imagesPulled[0]++;
      report(node, end);
    }
    return end - now;
  }

  /** Bytes a second of a slower disk; 0 stays what it means, at once. */
  private static long slowed(long bytesPerSecond, double factor) {
    return factor == 1 || bytesPerSecond == 0
        ? bytesPerSecond
        : Math.max(1, (long) (bytesPerSecond / factor));
  }

  /** What a node's images take of its disk, in bytes. */
  long bytes(HollowKubelet node) {
    return node.images.bytes(catalogue);
  }

  /** Removes the images of which no pod's container runs (kubelet: DeleteUnusedImages). */
  void removeUnused(HollowKubelet node) {
    IntOpenHashSet used = new IntOpenHashSet();
    for (int row = node.firstRow; row != PodTable.NONE; row = table.next(row)) {
      if (!table.ended[row]) {
        used.addAll(IntList.of(table.plan(row).images));
      }
    }
    if (node.images.removeUnused(used, simulation.nanos())) {
      report(node, simulation.nanos());
    }
  }

  /** Has the node's status tell of an image when it is next looked at. */
  private void report(HollowKubelet node, long presentAtNanos) {
    long at = NodeStatusReports.nextLook(node, presentAtNanos);
    if (node.reportTimer != 0 && node.reportAtNanos <= at) {
      return;
    }
    stopReporting(node);
    node.reportAtNanos = at;
    node.reportTimer =
        simulation.scheduleBackground(
            at - simulation.nanos(),
            () -> {
              node.reportTimer = 0;
              ImmutableList<ContainerImage> images =
                  node.images.report(catalogue, simulation.nanos());
              requests.patchStatus(
                  node,
                  stored -> NodeStatusBuilder.builder(stored).images(images).build(),
                  (stored, error) -> {});
              long next = node.images.nextAfter(simulation.nanos());
              if (next != Long.MAX_VALUE) {
                report(node, next);
              }
            });
  }

  private void stopReporting(HollowKubelet node) {
    if (node.reportTimer != 0) {
      simulation.cancel(node.reportTimer);
      node.reportTimer = 0;
    }
  }
}
