package io.towtank.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import io.towtank.codec.ObjectCodec;
import io.towtank.stage.Stage;
import io.towtank.stage.StageStep;
import io.towtank.stage.StageSubject;
import io.towtank.stage.Stages;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.time.RandomStream;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plays the stages that a user has given: after each change of an object it looks which stage is
 * next, waits for its delay, and does what it says; another change in between begins anew (KWOK:
 * pod_controller.go, node_controller.go).
 *
 * <p>A pod for which a stage is there when its kubelet first sees it belongs to the stages: its
 * kubelet counts it and gives it an address, no more. So does one of which a stage changes the
 * status later. A pod that no stage wants to delete is deleted by its kubelet.
 */
final class StagePlayer {
  private static final long SECOND = 1_000_000_000L;
  private static final long LONGEST_RETRY_NANOS = 60 * SECOND;

  private final HollowKubelets kubelets;
  private final ApiClient client;
  private final RandomStream random;
  private final Stages pods;
  private final Stages nodes;
  private final long startEpochNanos;

  /** Rows of pods that belong to stages. */
  private final IntOpenHashSet taken = new IntOpenHashSet();

  /** What is to come for an object; looked up, never iterated. */
  private final Map<Uid, Coming> coming = new HashMap<>();

  private static final class Coming {
    long timer;
    long version = -1;
    long retryNanos = SECOND;
    final Set<String> played = new HashSet<>();
  }

  StagePlayer(
      HollowKubelets kubelets,
      ApiClient client,
      RandomStream random,
      ImmutableList<Stage> stages,
      long startEpochNanos) {
    this.kubelets = kubelets;
    this.client = client;
    this.random = random;
    this.pods = Stages.of(stages, Kinds.POD);
    this.nodes = Stages.of(stages, Kinds.NODE);
    this.startEpochNanos = startEpochNanos;
  }

  /** Whether stages bring up a node, and not its kubelet. */
  boolean bringsUp(Node node) {
    return !nodes.isEmpty() && nodes.match(ObjectCodec.write(node));
  }

  /** Whether a pod that its kubelet sees for the first time belongs to stages from now on. */
  boolean takes(int row, Pod pod) {
    if (pods.isEmpty() || !pods.match(ObjectCodec.write(pod))) {
      return false;
    }
    taken.add(row);
    return true;
  }

  /** Whether a pod belongs to stages. */
  boolean has(int row) {
    return taken.contains(row);
  }

  /** A pod is no more on its node. */
  void removed(int row) {
    taken.remove(row);
  }

  /** A pod is there, or has changed. */
  void look(Pod pod) {
    if (!pods.isEmpty() && pod.nodeName() != null) {
      look(pod, Kinds.POD, pods);
    }
  }

  /** A node is there, or has changed. */
  void look(Node node) {
    if (!nodes.isEmpty()) {
      look(node, Kinds.NODE, nodes);
    }
  }

  /** An object is gone, or its node is down: nothing more happens to it by itself. */
  void forget(KubeObject object) {
    Coming gone = coming.remove(uid(object));
    if (gone != null) {
      kubelets.cancel(gone.timer);
    }
  }

  private <T extends KubeObject> void look(T object, Kind<T> kind, Stages stages) {
    Coming now = coming.get(uid(object));
    if (now != null && now.version >= object.resourceVersion()) {
      return;
    }
    ObjectNode document = ObjectCodec.write(object);
    Stage next = stages.next(document, random);
    if (now == null && next == null && !isStuck(object)) {
      return;
    }
    if (now == null) {
      now = new Coming();
      coming.put(uid(object), now);
    }
    kubelets.cancel(now.timer);
    now.timer = 0;
    now.version = object.resourceVersion();
    if (next == null) {
      if (isStuck(object)) {
        letGo(object, now);
      }
      return;
    }
    long delay = next.delayNanos(document, kubelets.epochNanos(kubelets.now()), random);
    schedule(object, kind, next, now, delay);
  }

  private <T extends KubeObject> void schedule(
      T object, Kind<T> kind, Stage stage, Coming coming, long delayNanos) {
    Runnable play =
        () -> {
          coming.timer = 0;
          coming.played.add(stage.name());
          play(object, kind, stage, coming);
        };
    // What comes again and again, as a heartbeat, keeps no run from being idle.
    coming.timer =
        coming.played.contains(stage.name())
            ? kubelets.scheduleBackground(delayNanos, play)
            : kubelets.schedule(delayNanos, play);
  }

  /** Whether a pod of the stages is to be deleted. */
  private boolean isStuck(KubeObject object) {
    return object instanceof Pod pod
        && pod.metadata().deletionTimestamp() != Timestamps.NONE
        && has(kubelets.table().find(PodTable.uid(pod)));
  }

  private void letGo(KubeObject pod, Coming coming) {
    Long grace = pod.metadata().deletionGracePeriodSeconds();
    if (grace != null && grace == 0) {
      return;
    }
    coming.timer =
        kubelets.schedule(
            0,
            () -> {
              coming.timer = 0;
              delete(pod, Kinds.POD, coming);
            });
  }

  private <T extends KubeObject> void play(T object, Kind<T> kind, Stage stage, Coming coming) {
    kubelets.stagePlayed();
    ObjectNode document = ObjectCodec.write(object);
    for (StageStep step : stage.steps()) {
      switch (step) {
        case StageStep.Event event -> tell(object, document, event);
        case StageStep.Finalizers finalizers ->
            client.patch(
                kind,
                ObjectKey.of(object),
                stored -> finalized(stored, finalizers),
                (stored, error) -> {});
        case StageStep.Patch patch -> patch(object, document, kind, stage, patch, coming);
        case StageStep.Delete() -> {
          take(object);
          delete(object, kind, coming);
          return;
        }
      }
    }
  }

  private void tell(KubeObject object, JsonNode document, StageStep.Event event) {
    StageSubject subject = subject(object);
    kubelets.event(
        object,
        event.type().render(document, subject),
        event.reason().render(document, subject),
        event.message().render(document, subject));
  }

  private <T extends KubeObject> void patch(
      T object,
      ObjectNode document,
      Kind<T> kind,
      Stage stage,
      StageStep.Patch step,
      Coming coming) {
    take(object);
    JsonNode patch = step.template().patch(document, subject(object), step.type(), step.root());
    client.patch(
        kind,
        ObjectKey.of(object),
        step.type(),
        patch,
        step.status(),
        (stored, error) -> {
          if (error == null && stored != null) {
            coming.retryNanos = SECOND;
            if (stage.immediateNext()) {
              lookAgain(stored);
            }
          } else if (error != null && isMistake(error)) {
            throw step.template().mistake(document, error.getMessage() + ": " + patch);
          } else if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
            retry(coming, () -> play(object, kind, stage, coming));
          }
        });
  }

  private static boolean isMistake(ApiException error) {
    return switch (error.reason()) {
      case INVALID, BAD_REQUEST -> true;
      default -> false;
    };
  }

  private void lookAgain(KubeObject stored) {
    if (stored instanceof Pod pod) {
      look(pod);
    } else if (stored instanceof Node node) {
      look(node);
    }
  }

  /** A pod of which stages change the status is no more its kubelet's. */
  private void take(KubeObject object) {
    if (object instanceof Pod pod) {
      int row = kubelets.table().find(PodTable.uid(pod));
      if (row != PodTable.NONE && taken.add(row)) {
        kubelets.leaveToStages(row);
      }
    }
  }

  private void delete(KubeObject object, Kind<?> kind, Coming coming) {
    client.delete(
        kind,
        ObjectKey.of(object),
        new DeleteOptions(0L, DeleteOptions.Propagation.BACKGROUND, uid(object)),
        (deleted, error) -> {
          if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
            retry(coming, () -> delete(object, kind, coming));
          }
        });
  }

  private void retry(Coming coming, Runnable again) {
    kubelets.cancel(coming.timer);
    coming.timer =
        kubelets.schedule(
            coming.retryNanos,
            () -> {
              coming.timer = 0;
              again.run();
            });
    coming.retryNanos = Math.min(2 * coming.retryNanos, LONGEST_RETRY_NANOS);
  }

  @SuppressWarnings("unchecked")
  private static <T extends KubeObject> T finalized(T stored, StageStep.Finalizers finalizers) {
    ImmutableList<String> before = stored.metadata().finalizers();
    ImmutableList<String> after = finalizers.applyTo(before);
    if (after.equals(before)) {
      return stored;
    }
    var metadata = ObjectMetaBuilder.builder(stored.metadata()).finalizers(after).build();
    return switch (stored) {
      case Pod pod -> (T) PodBuilder.builder(pod).metadata(metadata).build();
      case Node node -> (T) NodeBuilder.builder(node).metadata(metadata).build();
      default -> stored;
    };
  }

  private StageSubject subject(KubeObject object) {
    String node = object instanceof Pod pod ? String.valueOf(pod.nodeName()) : object.name();
    return new StageSubject() {
      @Override
      public long nowEpochNanos() {
        return kubelets.epochNanos(kubelets.now());
      }

      @Override
      public long startEpochNanos() {
        return startEpochNanos;
      }

      @Override
      public String nodeName() {
        return node;
      }

      @Override
      public String nodeIp(String nodeName) {
        return kubelets.hostIp(nodeName);
      }

      @Override
      public @Nullable String podIp() {
        return object instanceof Pod pod ? kubelets.addresses().of(pod) : kubelets.hostIp(node);
      }
    };
  }

  private static Uid uid(KubeObject object) {
    Uid uid = object.metadata().uid();
    if (uid == null) {
      throw new IllegalArgumentException(object.name() + " has no uid");
    }
    return uid;
  }
}
