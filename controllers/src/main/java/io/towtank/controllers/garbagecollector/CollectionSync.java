package io.towtank.controllers.garbagecollector;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.ObjectMeta;
import io.towtank.api.OwnerReference;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.store.DeleteOptions.Propagation;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/** Decides what becomes of an object (pkg/controller/garbagecollector: attemptToDeleteItem). */
public final class CollectionSync {
  /** The finalizer of an object that goes only after its dependents. */
  public static final String FOREGROUND = "foregroundDeletion";

  /** The finalizer of an object whose dependents are to live on. */
  public static final String ORPHAN = "orphan";

  private CollectionSync() {}

  /** How an owner is. */
  public enum OwnerState {
    /** It is there. */
    SOLID,
    /** There is none of that uid in the dependent's namespace. */
    ABSENT,
    /** It is being deleted and waits for its dependents to go first. */
    WAITING
  }

  /** An object's dependents, as far as they matter for it. */
  public enum Dependents {
    NONE,
    /** Some, none of which waits for dependents of its own. */
    SOME,
    /** Some, and one of them waits for dependents of its own. */
    WAITING
  }

  /** Whether an object waits for its dependents to be deleted. */
  public static boolean isWaiting(ObjectMeta meta) {
    return meta.deletionTimestamp() != Timestamps.NONE && meta.finalizers().contains(FOREGROUND);
  }

  /** Whether an object waits for its dependents to forget it. */
  public static boolean isOrphaning(ObjectMeta meta) {
    return meta.deletionTimestamp() != Timestamps.NONE && meta.finalizers().contains(ORPHAN);
  }

  /** Whether an object's owner of that uid must wait for it. */
  public static boolean blocks(ObjectMeta dependent, Uid owner) {
    for (OwnerReference reference : dependent.ownerReferences()) {
      if (reference.uid().equals(owner)) {
        return Boolean.TRUE.equals(reference.blockOwnerDeletion());
      }
    }
    return false;
  }

  /**
   * Decides.
   *
   * @param item the object as it is now
   * @param owners how its owners are
   * @param blocked whether a dependent is left that it must wait for
   */
  public static CollectionAction decide(
      ObjectMeta item,
      Function<OwnerReference, OwnerState> owners,
      Dependents dependents,
      boolean blocked) {
    if (isWaiting(item)) {
      return blocked
          ? new CollectionAction.Keep()
          : new CollectionAction.RemoveFinalizer(FOREGROUND);
    }
    if (item.deletionTimestamp() != Timestamps.NONE || item.ownerReferences().isEmpty()) {
      return new CollectionAction.Keep();
    }
    Map<OwnerState, ImmutableSet.Builder<Uid>> byState = new EnumMap<>(OwnerState.class);
    for (OwnerReference reference : item.ownerReferences()) {
      byState
          .computeIfAbsent(owners.apply(reference), state -> ImmutableSet.builder())
          .add(reference.uid());
    }
    if (byState.remove(OwnerState.SOLID) != null) {
      ImmutableSet.Builder<Uid> gone = ImmutableSet.builder();
      byState.values().forEach(uids -> gone.addAll(uids.build()));
      ImmutableSet<Uid> uids = gone.build();
      return uids.isEmpty()
          ? new CollectionAction.Keep()
          : new CollectionAction.RemoveReferences(uids);
    }
    if (byState.containsKey(OwnerState.WAITING) && dependents != Dependents.NONE) {
      return new CollectionAction.Delete(Propagation.FOREGROUND, dependents == Dependents.WAITING);
    }
    return new CollectionAction.Delete(
        item.finalizers().contains(ORPHAN)
            ? Propagation.ORPHAN
            : item.finalizers().contains(FOREGROUND)
                ? Propagation.FOREGROUND
                : Propagation.BACKGROUND,
        false);
  }
}
