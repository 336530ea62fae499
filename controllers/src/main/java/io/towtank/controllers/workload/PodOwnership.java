package io.towtank.controllers.workload;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.LabelSelector;
import io.towtank.api.ObjectKey;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.Selector;
import io.towtank.api.Uid;
import io.towtank.store.WatchListener;
import org.jspecify.annotations.Nullable;

/**
 * Tells a controller which of its workloads the change of a pod concerns: the one that the pod
 * names as its controller, or, for a pod that names none, those whose selector it matches. What it
 * costs does not depend on how many pods and workloads there are.
 */
public final class PodOwnership implements WatchListener<Pod> {
  /** Is told what becomes of pods. */
  public interface Observer {
    /** There is a pod that names a workload of that uid; the workload may be unknown yet. */
    void added(Uid workload, Pod pod);

    /** A pod was changed, or has come to name the workload. */
    void changed(Uid workload, Pod previous, Pod pod);

    /** A pod is gone, or names the workload no more; {@code last} did. */
    void gone(Uid workload, Pod last);

    /** There is a pod that a workload may adopt. */
    void orphaned(ObjectKey workload);
  }

  private final String kind;
  private final Observer observer;
  private final Orphans<Pod> orphans = new Orphans<>();
  private final SelectorIndex selectors = new SelectorIndex();

  /** For the workloads of a kind. */
  public PodOwnership(Kind<?> kind, Observer observer) {
    this.kind = kind.name();
    this.observer = observer;
  }

  /** From now on a workload adopts what its selector matches. */
  public void select(ObjectKey workload, LabelSelector selector) {
    selectors.put(workload, selector);
  }

  /** A workload that had that selector adopts no more. */
  public void unselect(ObjectKey workload, LabelSelector selector) {
    selectors.remove(workload, selector);
  }

  /** The active pods of a namespace that name no controller and match a selector. */
  public ImmutableList<Pod> orphans(@Nullable String namespace, LabelSelector selector) {
    return orphans.matching(namespace, Selector.of(selector));
  }

  @Override
  public void added(Pod pod) {
    OwnerReference owner = ControllerRefs.of(pod.metadata());
    if (owner == null) {
      addOrphan(pod);
    } else if (isOurs(owner)) {
      observer.added(owner.uid(), pod);
    }
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public void modified(Pod previous, Pod pod) {
    OwnerReference before = ControllerRefs.of(previous.metadata());
    OwnerReference owner = ControllerRefs.of(pod.metadata());
    boolean sameOwner =
        before == owner || (before != null && owner != null && before.uid().equals(owner.uid()));
    if (before != null && !sameOwner && isOurs(before)) {
      observer.gone(before.uid(), previous);
    }
    if (owner == null) {
      if (before == null) {
        changeOrphan(previous, pod);
      } else {
        addOrphan(pod);
      }
      return;
    }
    if (before == null) {
      orphans.remove(previous);
    }
    if (isOurs(owner)) {
      observer.changed(owner.uid(), previous, pod);
    }
  }

  @Override
  public void deleted(Pod last) {
    OwnerReference owner = ControllerRefs.of(last.metadata());
    if (owner == null) {
      orphans.remove(last);
    } else if (isOurs(owner)) {
      observer.gone(owner.uid(), last);
    }
  }

  private boolean isOurs(OwnerReference owner) {
    return owner.kind().equals(kind);
  }

  private void addOrphan(Pod pod) {
    if (Pods.isActive(pod)) {
      orphans.put(pod);
      offer(pod);
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private void changeOrphan(Pod previous, Pod pod) {
    boolean sameLabels =
        previous.metadata().labels() == pod.metadata().labels()
            || previous.metadata().labels().equals(pod.metadata().labels());
    if (!sameLabels || !Pods.isActive(pod)) {
      orphans.remove(previous);
    }
    if (Pods.isActive(pod)) {
      orphans.put(pod);
      if (!sameLabels) {
        offer(pod);
      }
    }
  }

  private void offer(Pod pod) {
    selectors
        .selecting(pod.metadata().namespace(), pod.metadata().labels())
        .forEach(observer::orphaned);
  }
}
