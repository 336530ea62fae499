package io.towtank.scheduler.plugins.noderesources;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;
import io.towtank.scheduler.state.Resources;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What would be requested of a node with one pod more (kube-scheduler: resourceAllocationScorer).
 * It is worked out once per template and filled in anew for every node.
 */
final class Usage {
  final long[] requested;
  final long[] allocatable;
  private final int[] resources;
  private final long[] ofPod;
  private final boolean[] leftOut;
  private final boolean nonZero;

  /**
   * @param nonZero whether containers that ask for no CPU or memory count with defaults
   */
  Usage(Resources names, ImmutableList<ResourceSpec> specs, PodInfo pod, boolean nonZero) {
    this.nonZero = nonZero;
    requested = new long[specs.size()];
    allocatable = new long[specs.size()];
    resources = new int[specs.size()];
    ofPod = new long[specs.size()];
    leftOut = new boolean[specs.size()];
    for (int i = 0; i < resources.length; i++) {
      String name = specs.get(i).name();
      resources[i] = names.id(name);
      ofPod[i] = request(pod, resources[i]);
      leftOut[i] = ofPod[i] == 0 && ResourceNames.isScalar(name);
    }
  }

  private long request(PodInfo pod, int resource) {
    if (nonZero && resource == Resources.CPU) {
      return pod.nonZeroMilliCpu();
    }
    return nonZero && resource == Resources.MEMORY ? pod.nonZeroMemory() : pod.request(resource);
  }

  /** Whether the pod asks for none of the resources. */
  boolean isBestEffort() {
    for (long request : ofPod) {
      if (request != 0) {
        return false;
      }
    }
    return true;
  }

  void of(NodeInfo node) {
    for (int i = 0; i < resources.length; i++) {
      if (leftOut[i]) {
        continue;
      }
      int resource = resources[i];
      allocatable[i] = node.allocatable(resource);
      requested[i] = ofPod[i] + ofPods(node, resource);
    }
  }

  private long ofPods(NodeInfo node, int resource) {
    if (nonZero && resource == Resources.CPU) {
      return node.nonZeroMilliCpu();
    }
    return nonZero && resource == Resources.MEMORY
        ? node.nonZeroMemory()
        : node.requested(resource);
  }

  /** Equal for pods that ask for the same; what was filled in last does not matter. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Usage that
        && nonZero == that.nonZero
        && Arrays.equals(resources, that.resources)
        && Arrays.equals(ofPod, that.ofPod)
        && Arrays.equals(leftOut, that.leftOut);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ofPod) * 31 + Arrays.hashCode(resources);
  }
}
