package io.towtank.controllers.workload;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.client.Informer;
import io.towtank.store.WatchListener;
import io.towtank.volume.VolumeClaims;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which pods use which claims. Of pods without claims it keeps nothing, and before {@link #start},
 * for which there is no need while there are no claims, it looks at no pod at all.
 */
public final class PodsOfClaims {
  /** Is told of changes. */
  @FunctionalInterface
  public interface Listener {
    /** A pod that uses claims is new (no previous), has changed, or is gone (no current). */
    void changed(@Nullable Pod previous, @Nullable Pod current);
  }

  private final Informer<Pod> pods;
  private final Listener listener;
  private final Map<ObjectKey, Map<ObjectKey, Pod>> byClaim = new TreeMap<>();
  private boolean started;

  /** Knows nothing before it is started. */
  public PodsOfClaims(Informer<Pod> pods, Listener listener) {
    this.pods = pods;
    this.listener = listener;
  }

  /** Looks at pods from now on. */
  public void start() {
    if (started) {
      return;
    }
    started = true;
    pods.addHandler(
        new WatchListener<Pod>() {
          @Override
          public void added(Pod pod) {
            see(null, pod);
          }

          @Override
          public void modified(Pod previous, Pod pod) {
            see(previous, pod);
          }

          @Override
          public void deleted(Pod last) {
            if (last.spec().volumes().isEmpty()) {
              return;
            }
            ImmutableSet<ObjectKey> claims = VolumeClaims.of(last);
            forget(last, claims);
            if (!claims.isEmpty()) {
              listener.changed(last, null);
            }
          }
        });
  }

  private void see(@Nullable Pod previous, Pod pod) {
    if (pod.spec().volumes().isEmpty()) {
      return;
    }
    ImmutableSet<ObjectKey> claims = VolumeClaims.of(pod);
    for (ObjectKey claim : claims) {
      byClaim.computeIfAbsent(claim, key -> new LinkedHashMap<>()).put(ObjectKey.of(pod), pod);
    }
    if (!claims.isEmpty()) {
      listener.changed(previous, pod);
    }
  }

  private void forget(Pod pod, ImmutableSet<ObjectKey> claims) {
    for (ObjectKey claim : claims) {
      Map<ObjectKey, Pod> users = byClaim.get(claim);
      if (users != null) {
        users.remove(ObjectKey.of(pod));
        if (users.isEmpty()) {
          byClaim.remove(claim);
        }
      }
    }
  }

  /** The pods that use a claim, in the order in which they came. */
  public ImmutableList<Pod> of(ObjectKey claim) {
    Map<ObjectKey, Pod> users = byClaim.get(claim);
    return users == null ? ImmutableList.of() : ImmutableList.copyOf(users.values());
  }
}
