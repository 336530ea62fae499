package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Reply;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.store.DeleteOptions.Propagation;
import io.towtank.store.ListOptions;
import io.towtank.store.Selection;
import io.towtank.store.Watch;
import io.towtank.store.WatchListener;
import io.towtank.store.WatchOptions;
import io.towtank.time.Simulation;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Empties nodes as {@code kubectl drain --ignore-daemonsets --delete-emptydir-data --force} does
 * (kubectl: drain/drain.go, drain/filters.go). All nodes are cordoned; then one after another has
 * its pods evicted, all at once, and is waited for until they are gone.
 *
 * <pre>
 *   evict ──accepted──▶ waits until the pod is gone (looks every 1 s)
 *     │ ▲
 *     │ └─5 s── 429: a disruption budget does not allow it now
 *     └──other refusal──▶ the node cannot be drained; on to the next
 * </pre>
 *
 * <p>A drain that waits for what will never happen keeps no run from being idle: while nothing
 * changes of budgets and of the node's pods it looks in the background.
 */
public final class NodeDrain {
  private static final long RETRY_NANOS = 5_000_000_000L;
  private static final long LOOK_NANOS = 1_000_000_000L;

  /**
   * How to drain.
   *
   * @param gracePeriodSeconds for the pods; null for their own
   * @param timeoutNanos after which a node is given up; Long.MAX_VALUE for never
   * @param delete whether pods are deleted past their budgets ({@code --disable-eviction})
   */
  public record Options(@Nullable Long gracePeriodSeconds, long timeoutNanos, boolean delete) {
    /** Pods' own grace periods, no timeout, by the eviction API. */
    public static final Options DEFAULT = new Options(null, Long.MAX_VALUE, false);
  }

  private final Simulation simulation;
  private final ApiClient client;
  private final ApiStore store;
  private final Options options;
  private final ImmutableList<String> nodes;
  private final long startNanos;

  /** The pods of the present node that are not gone, and why they could not be evicted so far. */
  private final Map<Uid, Leaving> leaving = new LinkedHashMap<>();

  private int index = -1;
  private long nodeStartNanos;
  private final Set<Later> pending = new LinkedHashSet<>();
  private @Nullable Watch budgetWatch;
  private @Nullable Watch podWatch;
  private long evicted;
  private long refusals;
  private long doneNanos = -1;
  private String failure = "";

  /** Something that is tried again. */
  private static final class Later {
    private final long atNanos;
    private final Runnable action;
    private long timer;

    Later(long atNanos, Runnable action) {
      this.atNanos = atNanos;
      this.action = action;
    }
  }

  /** A pod that is to go. */
  private static final class Leaving {
    private final Pod pod;
    private String refusal = "";

    Leaving(Pod pod) {
      this.pod = pod;
    }
  }

  /**
   * A drain that has not begun.
   *
   * @param client who asks, as kubectl would
   * @param store tells when there is something to look at
   */
  public NodeDrain(
      Simulation simulation,
      ApiClient client,
      ApiStore store,
      ImmutableList<String> nodes,
      Options options) {
    this.simulation = simulation;
    this.client = client;
    this.store = store;
    this.nodes = nodes;
    this.options = options;
    this.startNanos = simulation.nanos();
  }

  /** Begins: cordons all nodes and drains the first. */
  public void start() {
    for (String node : nodes) {
      client.patch(
          Kinds.NODE,
          new ObjectKey(null, node),
          stored -> NodeFaults.withUnschedulable(stored, true),
          (stored, error) -> {
            if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
              fail("cannot cordon " + node + ": " + error.getMessage());
            }
          });
    }
    budgetWatch =
        store.watch(
            Kinds.POD_DISRUPTION_BUDGET,
            WatchOptions.all(0),
            WatchListener.ofAny(changed -> awake()));
    nextNode();
  }

  /** How many pods have left. */
  public long evicted() {
    return evicted;
  }

  /** How many evictions were refused by disruption budgets, and tried again. */
  public long refusals() {
    return refusals;
  }

  /** How long it took, in virtual nanoseconds; -1 while it goes on. */
  public long tookNanos() {
    return doneNanos < 0 ? -1 : doneNanos - startNanos;
  }

  /** What is in the way, in words: of a drain that goes on, or that was given up; else empty. */
  public String problem() {
    if (doneNanos >= 0 || !failure.isEmpty()) {
      return failure;
    }
    long blocked = leaving.values().stream().filter(pod -> !pod.refusal.isEmpty()).count();
    for (Leaving one : leaving.values()) {
      if (!one.refusal.isEmpty()) {
        return nodes.get(index)
            + " is blocked by "
            + (blocked == 1 ? "" : blocked + " pods, such as ")
            + ObjectKey.of(one.pod)
            + ": "
            + one.refusal;
      }
    }
    return leaving.isEmpty()
        ? ""
        : nodes.get(index)
            + " waits for "
            + leaving.size()
            + (leaving.size() == 1 ? " pod" : " pods")
            + " to end, such as "
            + ObjectKey.of(leaving.values().iterator().next().pod);
  }

  private void fail(String why) {
    if (failure.isEmpty()) {
      failure = why;
    }
  }

  private void nextNode() {
    index++;
    leaving.clear();
    if (podWatch != null) {
      podWatch.stop();
      podWatch = null;
    }
    if (index == nodes.size()) {
      doneNanos = simulation.nanos();
      if (budgetWatch != null) {
        budgetWatch.stop();
      }
      return;
    }
    nodeStartNanos = simulation.nanos();
    String node = nodes.get(index);
    podWatch =
        store.watch(
            Kinds.POD,
            WatchOptions.all(0).of(Selection.byField("spec.nodeName", node)),
            WatchListener.ofAny(changed -> awake()));
    int current = index;
    client.list(
        Kinds.POD,
        ListOptions.of(Selection.byField("spec.nodeName", node)),
        (page, error) -> {
          if (page == null) {
            fail(
                "cannot list the pods of "
                    + node
                    + ": "
                    + (error == null ? "" : error.getMessage()));
            nextNode();
            return;
          }
          for (Pod pod : page.items()) {
            Uid uid = pod.metadata().uid();
            if (isDrained(pod) && uid != null) {
              leaving.put(uid, new Leaving(pod));
            }
          }
          ImmutableList.copyOf(leaving.values()).forEach(one -> evict(one, current));
          look(current);
        });
  }

  private void evict(Leaving one, int node) {
    if (node != index || !leaving.containsKey(PodTable.uid(one.pod))) {
      return;
    }
    DeleteOptions how =
        new DeleteOptions(
            options.gracePeriodSeconds(), Propagation.BACKGROUND, PodTable.uid(one.pod));
    Reply<Pod> reply = (pod, error) -> answered(one, node, error);
    if (options.delete()) {
      client.delete(Kinds.POD, ObjectKey.of(one.pod), how, reply);
    } else {
      client.evict(one.pod, how, reply);
    }
  }

  private void answered(Leaving one, int node, @Nullable ApiException error) {
    if (node != index) {
      return;
    }
    if (error == null) {
      one.refusal = "";
      return;
    }
    switch (error.reason()) {
      case NOT_FOUND, CONFLICT -> gone(one);
      case TOO_MANY_REQUESTS -> {
        refusals++;
        one.refusal = String.valueOf(error.getMessage());
        again(RETRY_NANOS, () -> evict(one, node));
      }
      default -> {
        fail("cannot evict " + ObjectKey.of(one.pod) + ": " + error.getMessage());
        leaving.remove(PodTable.uid(one.pod));
      }
    }
  }

  private void gone(Leaving one) {
    if (leaving.remove(PodTable.uid(one.pod)) != null) {
      evicted++;
    }
  }

  /** Looks every second which pods are gone, and goes on to the next node when all are. */
  private void look(int node) {
    if (leaving.isEmpty()) {
      nextNode();
      return;
    }
    if (simulation.nanos() - nodeStartNanos >= options.timeoutNanos()) {
      fail(
          "cannot drain "
              + nodes.get(node)
              + ": the timeout is reached with "
              + leaving.size()
              + " pods left, such as "
              + problem());
      nextNode();
      return;
    }
    again(
        LOOK_NANOS,
        () ->
            client.list(
                Kinds.POD,
                ListOptions.of(Selection.byField("spec.nodeName", nodes.get(node))),
                (page, error) -> {
                  if (page != null) {
                    Map<Uid, Leaving> before = new LinkedHashMap<>(leaving);
                    page.items().forEach(pod -> before.remove(PodTable.uid(pod)));
                    before.values().forEach(this::gone);
                  }
                  look(node);
                }));
  }

  /**
   * Does something later. It is in the background until something happens to budgets or pods of the
   * node: until then it will be of no avail.
   */
  private void again(long nanos, Runnable action) {
    Later one = new Later(simulation.nanos() + nanos, action);
    pending.add(one);
    if (options.timeoutNanos() == Long.MAX_VALUE) {
      one.timer = simulation.scheduleBackground(nanos, () -> run(one));
    } else {
      one.timer = simulation.schedule(nanos, () -> run(one));
    }
  }

  private void run(Later one) {
    pending.remove(one);
    one.action.run();
  }

  /** What waits in the background will be of avail now. */
  private void awake() {
    for (Later one : pending) {
      simulation.cancel(one.timer);
      one.timer = simulation.schedule(one.atNanos - simulation.nanos(), () -> run(one));
    }
  }

  private static boolean isDrained(Pod pod) {
    ImmutableList<OwnerReference> owners = pod.metadata().ownerReferences();
    boolean daemon =
        owners.stream()
            .anyMatch(owner ->
                Boolean.TRUE.equals(owner.controller()) && owner.kind().equals("DaemonSet"));
    return !StaticPods.isMirror(pod) && (!daemon || pod.status().phase().isTerminal());
  }
}
