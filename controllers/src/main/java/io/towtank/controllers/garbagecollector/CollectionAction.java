package io.towtank.controllers.garbagecollector;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.Uid;
import io.towtank.store.DeleteOptions.Propagation;

/** What becomes of an object whose owners were looked at. */
public sealed interface CollectionAction {
  /** Nothing: it has no owner, or one that lives, or is on its way out. */
  record Keep() implements CollectionAction {}

  /** It lives on without the owners that are gone or going. */
  record RemoveReferences(ImmutableSet<Uid> owners) implements CollectionAction {}

  /**
   * It goes.
   *
   * @param unblockOwners whether its owners shall first stop waiting for it: it waits itself for a
   *     dependent that waits, which may be a circle
   */
  record Delete(Propagation propagation, boolean unblockOwners) implements CollectionAction {}

  /** All that it was waiting for is gone: the finalizer that kept it is taken off. */
  record RemoveFinalizer(String finalizer) implements CollectionAction {}
}
