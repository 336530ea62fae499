package io.towtank.scenarios.observe;

import com.google.common.collect.ImmutableList;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodCondition;
import io.towtank.api.PodSpec;
import io.towtank.api.Uid;
import io.towtank.scheduler.state.PodRequests;
import io.towtank.scheduler.state.Resources;
import io.towtank.store.CommitListener;
import io.towtank.time.SimClock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Follows pods that nobody owns from their arrival to their node, and what is left of the devices
 * of the nodes that they use. It is there only where pods arrive.
 */
public final class ArrivalsWatch implements CommitListener {
  private static final long SECOND = 1_000_000_000L;
  private static final String UNKNOWN = "it left before the scheduler came to it";

  private final SimClock clock;
  private final Resources resources = new Resources();
  // Looked up by identity and never iterated: pods of one template share their spec.
  private final IdentityHashMap<PodSpec, long[]> requestsOfSpecs = new IdentityHashMap<>();
  // Looked up, never iterated.
  private final Map<String, NodeShare> nodes = new HashMap<>();
  // Those without a node, in the order of their arrivals.
  private final Map<Uid, Waiting> waiting = new LinkedHashMap<>();
  private final Map<String, Long> reasons = new TreeMap<>();
  private Use[] uses = new Use[0];
  private long came;
  private long placed;
  private long waited;
  private long left;
  private long longestNanos;

  /** A pod that has no node yet, as it last was. */
  private static final class Waiting {
    private final long sinceNanos;
    private Pod pod;

    Waiting(long sinceNanos, Pod pod) {
      this.sinceNanos = sinceNanos;
      this.pod = pod;
    }
  }

  /** What a node has, and what of it pods ask for, by the number of the resource. */
  private static final class NodeShare {
    private long[] allocatable = new long[0];
    private long[] requested = new long[0];

    private static long at(long[] amounts, int resource) {
      return resource < amounts.length ? amounts[resource] : 0;
    }
  }

  /** A resource over all nodes. */
  private static final class Use {
    private long requested;
    private long allocatable;
    private long nodesInUse;
    private long freeOnThem;
    private ArrivalsOutcome.@Nullable Devices most;
  }

  /** Nothing has come yet. */
  public ArrivalsWatch(SimClock clock) {
    this.clock = clock;
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    if (current instanceof Pod pod) {
      changed((Pod) previous, pod);
    } else if (previous instanceof Pod pod) {
      gone(pod);
    } else if (current instanceof Node node) {
      nodeChanged(node);
    } else if (previous instanceof Node node) {
      nodeGone(node);
    }
  }

  // Pods

  private void changed(@Nullable Pod before, Pod pod) {
    boolean ran = before != null && asks(before);
    boolean runs = asks(pod);
    if (ran != runs) {
      count(runs ? pod : before == null ? pod : before, runs ? 1 : -1);
    }
    Uid uid = pod.metadata().uid();
    if (uid == null || !pod.metadata().ownerReferences().isEmpty()) {
      return;
    }
    if (before == null) {
      came++;
      if (pod.nodeName() == null) {
        waiting.put(uid, new Waiting(clock.nanos(), pod));
      } else {
        placed++;
      }
      return;
    }
    Waiting one = pod.nodeName() == null || before.nodeName() == null ? waiting.get(uid) : null;
    if (one == null) {
      return;
    }
    one.pod = pod;
    if (pod.nodeName() != null) {
      waiting.remove(uid);
      placed++;
      long nanos = waitedFor(one);
      if (nanos > SECOND) {
        waited++;
      }
    }
  }

  private long waitedFor(Waiting one) {
    long nanos = clock.nanos() - one.sinceNanos;
    longestNanos = Math.max(longestNanos, nanos);
    return nanos;
  }

  private void gone(Pod pod) {
    if (asks(pod)) {
      count(pod, -1);
    }
    Uid uid = pod.metadata().uid();
    Waiting one = uid == null ? null : waiting.remove(uid);
    if (one != null) {
      left++;
      waitedFor(one);
      reasons.merge(why(pod), 1L, Long::sum);
    }
  }

  private static String why(Pod pod) {
    PodCondition scheduled = pod.status().condition("PodScheduled");
    String message = scheduled == null ? null : scheduled.message();
    return message == null || message.isEmpty() ? UNKNOWN : message;
  }

  /** Whether a pod asks for something of its node. */
  private static boolean asks(Pod pod) {
    return pod.nodeName() != null && !pod.status().phase().isTerminal();
  }

  // Devices

  private void count(Pod pod, int sign) {
    String name = pod.nodeName();
    if (name == null) {
      return;
    }
    long[] requests =
        requestsOfSpecs.computeIfAbsent(pod.spec(), spec -> PodRequests.of(spec, resources));
    NodeShare node = nodes.computeIfAbsent(name, n -> new NodeShare());
    if (requests.length > node.requested.length) {
      node.requested = Arrays.copyOf(node.requested, requests.length);
    }
    for (int i = 0; i < requests.length; i++) {
      if (requests[i] != 0) {
        account(node, i, -1);
        node.requested[i] += sign * requests[i];
        account(node, i, 1);
      }
    }
    if (sign > 0) {
      for (int i = 0; i < requests.length; i++) {
        if (requests[i] != 0) {
          rememberMost(i);
        }
      }
    }
  }

  private void nodeChanged(Node object) {
    NodeShare node = nodes.computeIfAbsent(object.name(), n -> new NodeShare());
    long[] amounts = resources.amounts(object.status().allocatable());
    if (!Arrays.equals(amounts, node.allocatable)) {
      accountAll(node, -1);
      node.allocatable = amounts;
      accountAll(node, 1);
    }
  }

  private void nodeGone(Node object) {
    NodeShare node = nodes.remove(object.name());
    if (node != null) {
      accountAll(node, -1);
    }
  }

  private void accountAll(NodeShare node, int sign) {
    for (int i = 0; i < Math.max(node.allocatable.length, node.requested.length); i++) {
      account(node, i, sign);
    }
  }

  private void account(NodeShare node, int resource, int sign) {
    while (resource >= uses.length) {
      uses = Arrays.copyOf(uses, uses.length + 1);
      uses[uses.length - 1] = new Use();
    }
    Use use = uses[resource];
    long allocatable = NodeShare.at(node.allocatable, resource);
    long requested = NodeShare.at(node.requested, resource);
    use.allocatable += sign * allocatable;
    use.requested += sign * requested;
    if (requested > 0) {
      use.nodesInUse += sign;
      use.freeOnThem += sign * Math.max(0, allocatable - requested);
    }
  }

  private void rememberMost(int resource) {
    Use use = uses[resource];
    if (use.allocatable > 0 && (use.most == null || use.requested > use.most.requested())) {
      use.most =
          new ArrivalsOutcome.Devices(
              resources.name(resource),
              clock.nanos(),
              use.requested,
              use.allocatable,
              use.nodesInUse,
              use.freeOnThem);
    }
  }

  // What came of it

  /** What became of all that came so far. */
  public ArrivalsOutcome outcome() {
    Map<String, Long> why = new TreeMap<>(reasons);
    long longest = longestNanos;
    for (Waiting one : waiting.values()) {
      why.merge(why(one.pod), 1L, Long::sum);
      longest = Math.max(longest, clock.nanos() - one.sinceNanos);
    }
    ImmutableList.Builder<ArrivalsOutcome.Devices> devices = ImmutableList.builder();
    for (int i = 0; i < uses.length; i++) {
      ArrivalsOutcome.Devices most = uses[i].most;
      if (most != null && most.resource().indexOf('/') > 0) {
        devices.add(most);
      }
    }
    return new ArrivalsOutcome(
        came,
        placed,
        waited,
        left + waiting.size(),
        longest,
        Tally.mostFrequentFirst(why),
        devices.build());
  }
}
