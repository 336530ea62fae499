package io.towtank.controllers.podgc;

import io.towtank.api.ConditionStatus;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatus;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.PodConditions;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.DeleteOptions.Propagation;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes pods for which nobody else cares any more (kube-controller-manager:
 * pod-garbage-collector-controller): those whose node is gone, those that have ended where there
 * are too many, those that are to be deleted and were never bound, and those that hang on a node
 * that is out of service.
 *
 * <p>The real one lists all pods every 20 s. This one keeps note of what it will look for and works
 * at the same 20 s, if there is anything to do.
 */
public final class PodGarbageCollector implements Component {
  /** kube-controller-manager: {@code --terminated-pod-gc-threshold}. */
  public static final int DEFAULT_TERMINATED_THRESHOLD = 12_500;

  /** Set by people: the node is off, its pods may be forced away. */
  static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

  private static final String NAME = "pod-garbage-collector-controller";
  private static final String BY_NODE = "spec.nodeName";
  private static final long SECOND = 1_000_000_000L;
  // podgc: gcCheckPeriod, quarantineTime
  private static final long PERIOD_NANOS = 20 * SECOND;
  private static final long QUARANTINE_NANOS = 40 * SECOND;

  private final Simulation simulation;
  private final ApiClient client;
  private final Informer<Node> nodes;
  private final Informer<Pod> pods;
  private final int terminatedThreshold;

  /** Pods that have ended, in the order in which they did. */
  private final Set<ObjectKey> terminated = new LinkedHashSet<>();

  /** Pods that are to be deleted and are on no node. */
  private final Set<ObjectKey> unscheduled = new LinkedHashSet<>();

  /**
   * Names of nodes that pods tell of and that may not exist, and from when on they are believed.
   */
  private final Map<String, Long> missingNodes = new LinkedHashMap<>();

  /** Nodes that are out of service. */
  private final Set<String> outOfService = new LinkedHashSet<>();

  private final long[] podsDeleted;
  private long startNanos;
  private long timer;

  /**
   * @param terminatedThreshold so many pods that have ended may stay; 0 for any number
   */
  public PodGarbageCollector(ComponentContext context, int terminatedThreshold) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.nodes = context.informers().informer(Kinds.NODE);
    this.pods = context.informers().informer(Kinds.POD);
    this.terminatedThreshold = terminatedThreshold;
    this.podsDeleted = context.recorder().counter(NAME + "/podsDeleted");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    startNanos = simulation.nanos();
    pods.addIndex(BY_NODE, Pod::nodeName);
    nodes.addHandler(
        new WatchListener<Node>() {
          @Override
          public void added(Node node) {
            serviceSeen(node);
          }

          @Override
          public void modified(Node previous, Node node) {
            serviceSeen(node);
          }

          @Override
          public void deleted(Node last) {
            outOfService.remove(last.name());
            if (pods.countInIndex(BY_NODE, last.name()) > 0) {
              missing(last.name());
            }
          }
        });
    pods.addHandler(
        new WatchListener<Pod>() {
          @Override
          public void added(Pod pod) {
            if (pod.nodeName() != null) {
              placed(pod.nodeName());
            }
            observe(null, pod);
          }

          @Override
          public void modified(Pod previous, Pod pod) {
            if (previous.nodeName() == null && pod.nodeName() != null) {
              placed(pod.nodeName());
            }
            observe(previous, pod);
          }

          @Override
          public void deleted(Pod last) {
            if (last.status().phase().isTerminal()) {
              terminated.remove(ObjectKey.of(last));
            }
            if (!unscheduled.isEmpty()) {
              unscheduled.remove(ObjectKey.of(last));
            }
          }
        });
  }

  // What is seen.

  private void placed(String node) {
    if (nodes.get(null, node) == null) {
      missing(node);
    }
  }

  private void missing(String node) {
    missingNodes.putIfAbsent(node, Timestamps.NONE);
    arm();
  }

  private void observe(@Nullable Pod previous, Pod pod) {
    boolean ended = pod.status().phase().isTerminal();
    if (ended && (previous == null || !previous.status().phase().isTerminal())) {
      terminated.add(ObjectKey.of(pod));
      if (terminatedThreshold > 0 && terminated.size() > terminatedThreshold) {
        arm();
      }
    }
    if (pod.metadata().deletionTimestamp() == Timestamps.NONE) {
      return;
    }
    if (pod.nodeName() == null) {
      unscheduled.add(ObjectKey.of(pod));
      arm();
    } else if (outOfService.contains(pod.nodeName())) {
      arm();
    }
  }

  private void serviceSeen(Node node) {
    boolean off =
        !node.spec().taints().isEmpty()
            && node.spec().taints().stream().anyMatch(taint -> taint.key().equals(OUT_OF_SERVICE))
            && node.readiness() != ConditionStatus.TRUE;
    if (!off) {
      outOfService.remove(node.name());
    } else if (outOfService.add(node.name())) {
      arm();
    }
  }

  // What is done.

  private void arm() {
    if (timer == 0) {
      long now = simulation.nanos();
      long at = startNanos + Math.ceilDiv(now - startNanos + 1, PERIOD_NANOS) * PERIOD_NANOS;
      timer = simulation.schedule(at - now, this::collect);
    }
  }

  private void collect() {
    timer = 0;
    collectTerminated();
    collectOutOfService();
    collectOrphaned();
    for (ObjectKey key : List.copyOf(unscheduled)) {
      Pod pod = pods.get(key);
      if (pod != null && pod.nodeName() == null) {
        delete(pod, false);
      }
      unscheduled.remove(key);
    }
    if (!missingNodes.isEmpty()) {
      arm();
    }
  }

  private void collectTerminated() {
    int surplus = terminated.size() - terminatedThreshold;
    if (terminatedThreshold <= 0 || surplus <= 0) {
      return;
    }
    List<Pod> ended = new ArrayList<>(terminated.size());
    for (ObjectKey key : terminated) {
      Pod pod = pods.get(key);
      if (pod != null) {
        ended.add(pod);
      }
    }
    ended.sort(OldestFirst.ORDER);
    for (Pod pod : ended.subList(0, Math.min(surplus, ended.size()))) {
      delete(pod, false);
    }
  }

  private void collectOutOfService() {
    for (String node : outOfService) {
      for (Pod pod : pods.byIndex(BY_NODE, node)) {
        if (pod.metadata().deletionTimestamp() != Timestamps.NONE) {
          delete(pod, false);
        }
      }
    }
  }

  /** Nodes that are missing stay in quarantine first: the informer may be behind (gcOrphaned). */
  private void collectOrphaned() {
    long now = simulation.nanos();
    for (Map.Entry<String, Long> entry : List.copyOf(missingNodes.entrySet())) {
      String node = entry.getKey();
      if (nodes.get(null, node) != null || pods.countInIndex(BY_NODE, node) == 0) {
        missingNodes.remove(node);
      } else if (entry.getValue() == Timestamps.NONE) {
        missingNodes.put(node, now + QUARANTINE_NANOS);
      } else if (entry.getValue() <= now) {
        missingNodes.remove(node);
        client.get(
            Kinds.NODE,
            new ObjectKey(null, node),
            (found, error) -> {
              if (error != null && error.reason() == ApiException.Reason.NOT_FOUND) {
                pods.byIndex(BY_NODE, node).forEach(pod -> delete(pod, true));
              } else if (error != null) {
                missing(node);
              }
            });
      }
    }
  }

  /** Makes a pod Failed if it has not ended, then deletes it at once (markFailedAndDeletePod). */
  private void delete(Pod pod, boolean orphan) {
    ObjectKey key = ObjectKey.of(pod);
    Uid uid = pod.metadata().uid();
    DeleteOptions now = new DeleteOptions(0L, Propagation.BACKGROUND, uid);
    if (pod.status().phase().isTerminal()) {
      delete(key, now);
      return;
    }
    client.patchStatus(
        Kinds.POD,
        key,
        stored ->
            stored.status().phase().isTerminal() || !same(uid, stored)
                ? stored
                : stored.withStatus(failed(stored.status(), orphan)),
        (stored, error) -> {
          if (error == null) {
            delete(key, now);
          } else if (error.reason() != ApiException.Reason.NOT_FOUND) {
            retry(pod);
          }
        });
  }

  private static boolean same(@Nullable Uid uid, Pod pod) {
    return uid == null || uid.equals(pod.metadata().uid());
  }

  private PodStatus failed(PodStatus status, boolean orphan) {
    PodStatus failed = PodStatusBuilder.builder(status).phase(PodPhase.FAILED).build();
    return orphan
        ? PodConditions.with(
            failed,
            PodConditions.DISRUPTION_TARGET,
            ConditionStatus.TRUE,
            "DeletionByPodGC",
            "PodGC: node no longer exists",
            simulation.epochNanos())
        : failed;
  }

  private void delete(ObjectKey key, DeleteOptions how) {
    client.delete(
        Kinds.POD,
        key,
        how,
        (deleted, error) -> {
          if (error == null) {
            podsDeleted[0]++;
          } else if (error.reason() != ApiException.Reason.NOT_FOUND
              && error.reason() != ApiException.Reason.CONFLICT) {
            Pod pod = pods.get(key);
            if (pod != null) {
              retry(pod);
            }
          }
        });
  }

  /** The next look finds it again. */
  private void retry(Pod pod) {
    String node = pod.nodeName();
    if (node == null) {
      unscheduled.add(ObjectKey.of(pod));
    } else if (nodes.get(null, node) == null) {
      missingNodes.putIfAbsent(node, Timestamps.NONE);
    }
    arm();
  }
}
