package io.towtank.store;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.NamespaceStatus;
import io.towtank.api.NamespaceStatusBuilder;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.Timestamps;
import org.jspecify.annotations.Nullable;

/**
 * What a request to delete does to an object (apiserver: registry/rest/delete.go BeforeDelete,
 * registry/generic/registry/store.go Delete).
 *
 * <pre>
 *   stored ──delete──▶ gone            no finalizers, and no pod that runs
 *      │
 *      └────delete──▶ marked ──last finalizer taken away──▶ gone
 *                       │  ▲
 *                       │  └─ delete with a shorter grace period (pods)
 *                       └──── delete with grace period 0 (by the kubelet) ──▶ gone
 * </pre>
 *
 * Where the API server writes a pod once more just before it removes it, here is one write: the
 * last state that watchers see bears the mark.
 */
sealed interface Deletion {
  /** The finalizer that keeps an object until its dependents are gone. */
  String FOREGROUND = "foregroundDeletion";

  /** The finalizer that keeps an object until its dependents no longer name it. */
  String ORPHAN = "orphan";

  /** It is removed; {@code last} is what watchers see. */
  record Remove(KubeObject last) implements Deletion {}

  /** It stays, and is written as {@code object}. */
  record Mark(KubeObject object) implements Deletion {}

  /** It is being deleted already, and goes on as it was. */
  record Pending() implements Deletion {}

  /**
   * Decides.
   *
   * @param now nanoseconds since 1970
   */
  static Deletion of(KubeObject object, DeleteOptions options, long now) {
    ObjectMeta meta = object.metadata();
    Long asked = options.gracePeriodSeconds();
    if (asked != null && asked < 0) {
      asked = 1L;
    }
    ImmutableList<String> finalizers = finalizers(object, options);
    if (object instanceof Pod pod) {
      Long pending = meta.deletionGracePeriodSeconds();
      if (meta.deletionTimestamp() == Timestamps.NONE) {
        long grace = grace(pod, asked);
        return graceful(object, finalizers, later(now, grace), grace);
      }
      if (pending != null && pending != 0) {
        if (asked == null || asked >= pending) {
          return new Pending();
        }
        // Counted from when it was first asked for.
        return graceful(
            object, finalizers, later(meta.deletionTimestamp(), asked - pending), asked);
      }
    }
    return atOnce(object, finalizers, now);
  }

  /** Whether an object goes with an update that leaves it like this. */
  static boolean endsWith(KubeObject updated, ObjectMeta before) {
    Long grace = before.deletionGracePeriodSeconds();
    return grace != null
        && grace == 0
        && updated.metadata().finalizers().isEmpty()
        && !(updated instanceof Namespace namespace && hasFinalizers(namespace));
  }

  private static long later(long epochNanos, long seconds) {
    return Timestamps.toSecond(epochNanos + seconds * 1_000_000_000L);
  }

  /** pkg/registry/core/pod/strategy.go: CheckGracefulDelete. */
  private static long grace(Pod pod, @Nullable Long asked) {
    if (pod.nodeName() == null
        || pod.nodeName().isEmpty()
        || (pod.status().phase() != null && pod.status().phase().isTerminal())) {
      return 0;
    }
    Long own = pod.spec().terminationGracePeriodSeconds();
    long grace = asked != null ? asked : own != null ? own : 30;
    return grace < 0 ? 1 : grace;
  }

  private static Deletion graceful(
      KubeObject object, ImmutableList<String> finalizers, long timestamp, long grace) {
    ObjectMeta meta = object.metadata();
    boolean first = meta.deletionTimestamp() == Timestamps.NONE;
    KubeObject marked =
        object.withMetadata(
            ObjectMetaBuilder.builder(meta)
                .deletionTimestamp(timestamp)
                .deletionGracePeriodSeconds(grace)
                .generation(
                    first && meta.generation() > 0 ? meta.generation() + 1 : meta.generation())
                .finalizers(finalizers)
                .build());
    return finalizers.isEmpty() && grace == 0 ? new Remove(marked) : new Mark(marked);
  }

  /** Of kinds without grace periods (store.go: markAsDeleting). */
  private static Deletion atOnce(KubeObject object, ImmutableList<String> finalizers, long now) {
    ObjectMeta meta = object.metadata();
    if (finalizers.isEmpty()
        && !(object instanceof Namespace namespace && hasFinalizers(namespace))) {
      return new Remove(object);
    }
    boolean first = meta.deletionTimestamp() == Timestamps.NONE;
    ObjectMeta marked =
        ObjectMetaBuilder.builder(meta)
            .deletionTimestamp(
                first || meta.deletionTimestamp() > now
                    ? Timestamps.toSecond(now)
                    : meta.deletionTimestamp())
            .deletionGracePeriodSeconds(0L)
            .generation(first && meta.generation() > 0 ? meta.generation() + 1 : meta.generation())
            .finalizers(finalizers)
            .build();
    KubeObject terminating = object;
    if (object instanceof Namespace namespace) {
      NamespaceStatus status = namespace.status();
      NamespaceStatusBuilder builder =
          status == null
              ? NamespaceStatusBuilder.builder()
              : NamespaceStatusBuilder.builder(status);
      terminating = namespace.withStatus(builder.phase("Terminating").build());
    }
    KubeObject next = terminating.withMetadata(marked);
    return next.equals(object) ? new Pending() : new Mark(next);
  }

  private static boolean hasFinalizers(Namespace namespace) {
    return namespace.spec() != null && !namespace.spec().finalizers().isEmpty();
  }

  /** store.go: deletionFinalizersForGarbageCollection. */
  private static ImmutableList<String> finalizers(KubeObject object, DeleteOptions options) {
    ImmutableList<String> before = object.metadata().finalizers();
    DeleteOptions.Propagation propagation = options.propagation();
    if (propagation == null) {
      propagation =
          before.contains(ORPHAN)
              ? DeleteOptions.Propagation.ORPHAN
              : before.contains(FOREGROUND)
                  ? DeleteOptions.Propagation.FOREGROUND
                  : object.kind().equals(Kinds.JOB)
                      // For compatibility, batch/v1 leaves the pods (job/strategy.go).
                      ? DeleteOptions.Propagation.ORPHAN
                      : DeleteOptions.Propagation.BACKGROUND;
    }
    String own =
        switch (propagation) {
          case BACKGROUND -> null;
          case FOREGROUND -> FOREGROUND;
          case ORPHAN -> ORPHAN;
        };
    if (own == null && before.isEmpty()) {
      return before;
    }
    ImmutableSet.Builder<String> after = ImmutableSet.builder();
    for (String finalizer : before) {
      if (!finalizer.equals(FOREGROUND) && !finalizer.equals(ORPHAN)) {
        after.add(finalizer);
      }
    }
    if (own != null) {
      after.add(own);
    }
    ImmutableSet<String> set = after.build();
    return set.equals(ImmutableSet.copyOf(before)) ? before : set.asList();
  }
}
