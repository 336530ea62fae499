package io.towtank.controllers.namespace;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Condition;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.NamespaceSpec;
import io.towtank.api.NamespaceSpecBuilder;
import io.towtank.api.NamespaceStatus;
import io.towtank.api.NamespaceStatusBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Batches;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.ListOptions;
import io.towtank.store.Selection;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Empties namespaces that are being deleted (kube-controller-manager: namespace-controller).
 *
 * <pre>
 *   deleted by a user ──► Terminating ──5 s──► pods deleted ──none left──► all else deleted
 *                             │                  └─some left: again after half their grace─┘
 *                             └── nothing left: the finalizer "kubernetes" is taken away ──► gone
 * </pre>
 *
 * Pods go first, so that none runs on without the policies that hold it (KEP-5080).
 */
public final class NamespaceController implements Component {
  private static final String NAME = "namespace-controller";
  // kube-controller-manager: --concurrent-namespace-syncs
  private static final int WORKERS = 10;
  private static final String FINALIZER = "kubernetes";
  private static final long SECOND = 1_000_000_000L;
  // pkg/controller/namespace: namespaceDeletionGracePeriod
  private static final long DELAY_NANOS = 5 * SECOND;
  // deletion/namespaced_resources_deleter.go: finalizerEstimateSeconds
  private static final long FINALIZER_ESTIMATE_SECONDS = 15;

  private final Simulation simulation;
  private final ApiClient client;
  private final Informer<Namespace> namespaces;
  private final WorkQueue<ObjectKey> queue;
  private final List<Kind<?>> kinds = new ArrayList<>();
  private final ComponentContext context;
  private final long[] syncs;
  private final long[] namespacesDeleted;

  /** A controller that does nothing before its start. */
  public NamespaceController(ComponentContext context) {
    this.context = context;
    this.simulation = context.simulation();
    this.client = context.client();
    Recorder recorder = context.recorder();
    this.namespaces = context.informers().informer(Kinds.NAMESPACE);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.syncs = recorder.counter(NAME + "/syncs");
    this.namespacesDeleted = recorder.counter(NAME + "/namespacesDeleted");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    context
        .informers()
        .forEachKind(kind -> {
          if (kind.namespaced() && !kind.equals(Kinds.POD)) {
            kinds.add(kind);
          }
        });
    namespaces.addHandler(
        new WatchListener<Namespace>() {
          @Override
          public void added(Namespace namespace) {
            if (isEnding(namespace)) {
              queue.addAfter(ObjectKey.of(namespace), DELAY_NANOS);
            }
          }

          @Override
          public void modified(Namespace previous, Namespace namespace) {
            if (!isEnding(previous)) {
              added(namespace);
            }
          }

          @Override
          public void deleted(Namespace last) {
            queue.forget(ObjectKey.of(last));
          }
        });
  }

  private static boolean isEnding(Namespace namespace) {
    return namespace.metadata().deletionTimestamp() != Timestamps.NONE;
  }

  /** What one round has found left. */
  private static final class Round {
    private final Namespace namespace;
    private final Selection content;
    private final WorkQueue.Done done;
    private final SortedMap<String, Integer> remaining = new TreeMap<>();
    private final SortedMap<String, Integer> finalizers = new TreeMap<>();
    private String failure = "";
    private long estimateSeconds;

    Round(Namespace namespace, WorkQueue.Done done) {
      this.namespace = namespace;
      this.content = Selection.inNamespace(namespace.name());
      this.done = done;
    }

    void fail(String why) {
      if (failure.isEmpty()) {
        failure = why;
      }
    }

    /** What was deleted and is left; that is a failure where nothing says why it stays. */
    void count(Kind<?> kind, List<? extends KubeObject> objects, long nowNanos) {
      if (objects.isEmpty()) {
        return;
      }
      remaining.put(kind.plural() + "." + kind.group(), objects.size());
      boolean held = false;
      for (KubeObject object : objects) {
        for (String finalizer : object.metadata().finalizers()) {
          finalizers.merge(finalizer, 1, Integer::sum);
          held = true;
        }
      }
      long estimate = graceSeconds(objects);
      if (nowNanos - namespace.metadata().deletionTimestamp() >= estimate * SECOND) {
        estimate = 0;
      }
      if (estimate == 0 && !held) {
        fail(
            "unexpected items still remain in namespace: %s for gvr: %s, Resource=%s"
                .formatted(namespace.name(), groupVersion(kind), kind.plural()));
      }
      estimateSeconds =
          Math.max(estimateSeconds, estimate == 0 && held ? FINALIZER_ESTIMATE_SECONDS : estimate);
    }

    /** How long pods take to end (estimateGracefulTerminationForPods). */
    private static long graceSeconds(List<? extends KubeObject> objects) {
      long longest = 0;
      for (KubeObject object : objects) {
        if (object instanceof Pod pod
            && !pod.status().phase().isTerminal()
            && pod.spec().terminationGracePeriodSeconds() != null) {
          longest = Math.max(longest, pod.spec().terminationGracePeriodSeconds());
        }
      }
      return longest;
    }

    private static String groupVersion(Kind<?> kind) {
      return kind.group().isEmpty() ? "/" + kind.apiVersion() : kind.apiVersion();
    }
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    syncs[0]++;
    client.get(
        Kinds.NAMESPACE,
        key,
        (namespace, error) -> {
          if (namespace == null) {
            done.done(Batches.isGone(error));
          } else if (!isEnding(namespace) || !hasFinalizer(namespace)) {
            done.done(true);
          } else {
            empty(new Round(namespace, done));
          }
        });
  }

  private static boolean hasFinalizer(Namespace namespace) {
    NamespaceSpec spec = namespace.spec();
    return spec != null && spec.finalizers().contains(FINALIZER);
  }

  private void empty(Round round) {
    delete(
        round,
        Kinds.POD,
        error -> {
          if (error != null || !round.remaining.isEmpty()) {
            finish(round);
            return;
          }
          Batches.oneByOne(
              kinds.size(),
              (i, answer) -> delete(round, kinds.get(i), failure -> answer.answered(null)),
              (sent, failure) -> finish(round));
        });
  }

  /** Is told how it went, with null for success. */
  @FunctionalInterface
  private interface Step {
    void done(@Nullable ApiException error);
  }

  private <T extends KubeObject> void delete(Round round, Kind<T> kind, Step next) {
    client.deleteCollection(
        kind,
        round.content,
        DeleteOptions.DEFAULT,
        failure ->
            client.list(
                kind,
                ListOptions.of(round.content),
                (page, error) -> {
                  ApiException first = failure == null ? error : failure;
                  if (first != null) {
                    round.fail(String.valueOf(first.getMessage()));
                  } else if (page != null) {
                    round.count(kind, page.items(), simulation.epochNanos());
                  }
                  next.done(first);
                }));
  }

  private void finish(Round round) {
    Namespace namespace = round.namespace;
    boolean isEmpty = round.remaining.isEmpty() && round.failure.isEmpty();
    NamespaceStatus status = namespace.status();
    ImmutableList<Condition> before = status == null ? ImmutableList.of() : status.conditions();
    ImmutableList<Condition> conditions =
        NamespaceConditions.of(
            before, round.remaining, round.finalizers, round.failure, simulation.epochNanos());
    if (before.equals(conditions)) {
      end(round, isEmpty);
      return;
    }
    client.updateStatus(
        namespace.withStatus(
            (status == null
                    ? NamespaceStatusBuilder.builder().phase("Terminating")
                    : NamespaceStatusBuilder.builder(status))
                .conditions(conditions)
                .build()),
        (written, error) -> {
          if (error == null) {
            end(round, isEmpty);
          } else {
            round.done.done(Batches.isGone(error));
          }
        });
  }

  private void end(Round round, boolean isEmpty) {
    ObjectKey key = ObjectKey.of(round.namespace);
    if (!round.failure.isEmpty()) {
      round.done.done(false);
    } else if (!isEmpty) {
      // In seconds: half the time that what is left may take, and one more.
      queue.addAfter(key, (round.estimateSeconds / 2 + 1) * SECOND);
      round.done.done(true);
    } else {
      finalizeNamespace(round, key);
    }
  }

  private void finalizeNamespace(Round round, ObjectKey key) {
    client.patch(
        Kinds.NAMESPACE,
        key,
        namespace -> {
          NamespaceSpec spec = namespace.spec();
          return spec == null
              ? namespace
              : namespace.withSpec(
                  NamespaceSpecBuilder.builder(spec)
                      .finalizers(
                          spec.finalizers().stream()
                              .filter(finalizer -> !finalizer.equals(FINALIZER))
                              .collect(ImmutableList.toImmutableList()))
                      .build());
        },
        (namespace, error) -> {
          if (error == null) {
            namespacesDeleted[0]++;
          }
          round.done.done(error == null || Batches.isGone(error));
        });
  }
}
