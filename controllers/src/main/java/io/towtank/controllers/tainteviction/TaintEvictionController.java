package io.towtank.controllers.tainteviction;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ConditionStatus;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.Taint;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.PodConditions;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.DeleteOptions.Propagation;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Deletes pods from nodes with NoExecute taints that they do not tolerate, or not for longer
 * (kube-controller-manager: taint-eviction-controller). A pod that is not affected costs one look
 * at an empty map.
 */
public final class TaintEvictionController implements Component {
  private static final String NAME = "taint-eviction-controller";
  private static final String BY_NODE = "spec.nodeName";
  // taint_eviction.go: retries, and how long it waits between two
  private static final int TRIES = 5;
  private static final long RETRY_NANOS = 10_000_000L;

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final Informer<Node> nodes;
  private final Informer<Pod> pods;
  private final Map<String, ImmutableList<Taint>> tainted = new HashMap<>();
  private final Map<Uid, Eviction> evictions = new HashMap<>();
  private final long[] podsEvicted;
  private final long[] evictionsCancelled;

  /**
   * A pod that is to be deleted.
   *
   * @param sinceNanos when it was decided, from which its toleration counts
   * @param timer fires then
   */
  private record Eviction(long sinceNanos, long timer) {}

  /** A controller that does nothing before its start. */
  public TaintEvictionController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.nodes = context.informers().informer(Kinds.NODE);
    this.pods = context.informers().informer(Kinds.POD);
    this.podsEvicted = recorder.counter(NAME + "/podsEvicted");
    this.evictionsCancelled = recorder.counter(NAME + "/evictionsCancelled");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    pods.addIndex(BY_NODE, Pod::nodeName);
    nodes.addHandler(
        new WatchListener<Node>() {
          @Override
          public void added(Node node) {
            taintsSeen(node.name(), node.spec().taints());
          }

          @Override
          public void modified(Node previous, Node node) {
            taintsSeen(node.name(), node.spec().taints());
          }

          @Override
          public void deleted(Node last) {
            tainted.remove(last.name());
          }
        });
    pods.addHandler(
        new WatchListener<Pod>() {
          @Override
          public void added(Pod pod) {
            placed(pod);
          }

          @Override
          public void modified(Pod previous, Pod pod) {
            if (previous.nodeName() == null
                || !previous.spec().tolerations().equals(pod.spec().tolerations())) {
              placed(pod);
            }
          }

          @Override
          public void deleted(Pod last) {
            cancel(last);
          }
        });
  }

  private void taintsSeen(String name, ImmutableList<Taint> taints) {
    if (taints.isEmpty() && tainted.isEmpty()) {
      return;
    }
    ImmutableList<Taint> executing = Tolerance.noExecute(taints);
    ImmutableList<Taint> before =
        executing.isEmpty() ? tainted.remove(name) : tainted.put(name, executing);
    if (!executing.equals(before == null ? ImmutableList.of() : before)) {
      pods.byIndex(BY_NODE, name).forEach(pod -> judge(pod, executing));
    }
  }

  private void placed(Pod pod) {
    if (tainted.isEmpty() || pod.nodeName() == null) {
      return;
    }
    ImmutableList<Taint> taints = tainted.get(pod.nodeName());
    if (taints != null) {
      judge(pod, taints);
    }
  }

  /** What becomes of a pod on a node with these NoExecute taints (processPodOnNode). */
  private void judge(Pod pod, ImmutableList<Taint> taints) {
    long toleratedNanos = Tolerance.nanos(pod.spec().tolerations(), taints);
    if (toleratedNanos == Tolerance.FOR_EVER) {
      cancel(pod);
      return;
    }
    Uid uid = pod.metadata().uid();
    if (uid == null) {
      return;
    }
    long now = simulation.nanos();
    Eviction before = evictions.get(uid);
    long since = now;
    if (before != null && toleratedNanos > 0) {
      since = before.sinceNanos;
      if (since + toleratedNanos < now + toleratedNanos) {
        // It was decided before, and for an earlier time.
        return;
      }
    }
    if (before != null) {
      simulation.cancel(before.timer);
    }
    long delay = Math.max(0, since + toleratedNanos - now);
    ObjectKey key = ObjectKey.of(pod);
    evictions.put(
        uid,
        new Eviction(
            since,
            simulation.schedule(
                delay,
                () -> {
                  evictions.remove(uid);
                  recorder.event(
                      pod,
                      "taint-eviction-controller",
                      "Normal",
                      "TaintManagerEviction",
                      "Marking for deletion Pod " + key);
                  evict(key, uid, TRIES);
                })));
  }

  private void cancel(Pod pod) {
    if (evictions.isEmpty()) {
      return;
    }
    Eviction eviction = evictions.remove(pod.metadata().uid());
    if (eviction != null) {
      simulation.cancel(eviction.timer);
      evictionsCancelled[0]++;
    }
  }

  /** Says why a pod goes, then deletes it (addConditionAndDeletePod). */
  private void evict(ObjectKey key, Uid uid, int tries) {
    client.patchStatus(
        Kinds.POD,
        key,
        pod ->
            uid.equals(pod.metadata().uid())
                ? pod.withStatus(
                    PodConditions.with(
                        pod.status(),
                        PodConditions.DISRUPTION_TARGET,
                        ConditionStatus.TRUE,
                        "DeletionByTaintManager",
                        "Taint manager: deleting due to NoExecute taint",
                        simulation.epochNanos()))
                : pod,
        (pod, error) -> {
          if (error == null) {
            client.delete(
                Kinds.POD,
                key,
                new DeleteOptions(null, Propagation.BACKGROUND, uid),
                (deleted, refusal) -> {
                  if (refusal == null) {
                    podsEvicted[0]++;
                  } else {
                    again(key, uid, tries, refusal);
                  }
                });
          } else {
            again(key, uid, tries, error);
          }
        });
  }

  private void again(ObjectKey key, Uid uid, int tries, @Nullable ApiException error) {
    boolean gone =
        error != null
            && (error.reason() == ApiException.Reason.NOT_FOUND
                || error.reason() == ApiException.Reason.CONFLICT);
    if (!gone && tries > 1) {
      simulation.schedule(RETRY_NANOS, () -> evict(key, uid, tries - 1));
    }
  }
}
