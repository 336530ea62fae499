package io.towtank.node;

import io.towtank.api.Pod;
import io.towtank.api.Uid;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node misses and holds back while its kubelet and the API server do not hear one another:
 * because the network between them is parted, or because the kubelet hangs. Its containers go on.
 */
final class Isolation {
  /** The last that the API had to tell of a pod. */
  record Missed(Pod pod, boolean deleted) {}

  /** Since when nothing is heard, in virtual nanoseconds. */
  final long sinceNanos;

  private final Map<Uid, Missed> missed = new LinkedHashMap<>();
  private final ArrayDeque<Runnable> requests = new ArrayDeque<>();
  private final ArrayDeque<Runnable> work = new ArrayDeque<>();
  private int causes;
  private int hangs;

  /** Whether the kubelet was started meanwhile and knows no pods yet. */
  boolean started;

  Isolation(long sinceNanos) {
    this.sinceNanos = sinceNanos;
  }

  void begin(boolean hangs) {
    causes++;
    this.hangs += hangs ? 1 : 0;
  }

  /** One cause is gone; false where another one is left. */
  boolean end(boolean hangs) {
    causes--;
    this.hangs -= hangs ? 1 : 0;
    return causes == 0;
  }

  /** Whether the kubelet itself does nothing. */
  boolean hangs() {
    return hangs > 0;
  }

  /** The kubelet would have been told of a pod. */
  void miss(Uid uid, Pod pod, boolean deleted) {
    missed.put(uid, new Missed(pod, deleted));
  }

  /** Keeps a request until it can be sent. */
  void hold(Runnable request) {
    requests.add(request);
  }

  /** Keeps what a kubelet that hangs would do. */
  void defer(Runnable action) {
    work.add(action);
  }

  /** The machine has crashed: what the kubelet had in mind is lost. */
  void forget() {
    requests.clear();
    work.clear();
  }

  /** What was missed of each pod, in the order in which they first changed. */
  List<Missed> missed() {
    return new ArrayList<>(missed.values());
  }

  /** The next request to send, null where there is none. */
  @Nullable Runnable nextRequest() {
    return requests.poll();
  }

  /** The work that was put off since the kubelet began to hang. */
  List<Runnable> takeWork() {
    List<Runnable> all = new ArrayList<>(work);
    work.clear();
    return all;
  }
}
