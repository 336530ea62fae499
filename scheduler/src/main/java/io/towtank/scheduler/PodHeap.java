package io.towtank.scheduler;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A heap of waiting pods from which any can be taken out; a pod is in one heap at most. */
final class PodHeap {
  private final Comparator<QueuedPod> order;
  private @Nullable QueuedPod[] pods = new QueuedPod[64];
  private int size;

  PodHeap(Comparator<QueuedPod> order) {
    this.order = order;
  }

  int size() {
    return size;
  }

  @Nullable QueuedPod peek() {
    return pods[0];
  }

  void add(QueuedPod pod) {
    if (size == pods.length) {
      pods = Arrays.copyOf(pods, size * 2);
    }
    up(pod, size++);
  }

  @Nullable QueuedPod poll() {
    QueuedPod first = pods[0];
    if (first != null) {
      remove(first);
    }
    return first;
  }

  void remove(QueuedPod pod) {
    int hole = pod.heapIndex;
    pod.heapIndex = -1;
    QueuedPod last = pods[--size];
    pods[size] = null;
    if (last != null && last != pod) {
      down(last, hole);
      if (last.heapIndex == hole) {
        up(last, hole);
      }
    }
  }

  private void up(QueuedPod pod, int start) {
    int index = start;
    while (index > 0) {
      QueuedPod parent = pods[(index - 1) >>> 1];
      if (parent == null || order.compare(pod, parent) >= 0) {
        break;
      }
      place(parent, index);
      index = (index - 1) >>> 1;
    }
    place(pod, index);
  }

  private void down(QueuedPod pod, int start) {
    int index = start;
    while (true) {
      int child = 2 * index + 1;
      QueuedPod best = child < size ? pods[child] : null;
      if (best == null) {
        break;
      }
      QueuedPod right = child + 1 < size ? pods[child + 1] : null;
      if (right != null && order.compare(right, best) < 0) {
        best = right;
        child++;
      }
      if (order.compare(best, pod) >= 0) {
        break;
      }
      place(best, index);
      index = child;
    }
    place(pod, index);
  }

  private void place(QueuedPod pod, int index) {
    pods[index] = pod;
    pod.heapIndex = index;
  }
}
