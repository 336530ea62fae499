package io.towtank.controllers.persistentvolume;

import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolumeClaim;

/** What is to be done about a volume. */
public sealed interface VolumeDecision {
  /** It gets a phase, unless it has it. */
  record SetPhase(String phase) implements VolumeDecision {}

  /** Its claim is looked at, which will finish the binding. */
  record SyncClaim(ObjectKey claim) implements VolumeDecision {}

  /** One of the two is a file system and the other a block device; both users are told. */
  record Mismatch(PersistentVolumeClaim claim) implements VolumeDecision {}

  /** Nobody needs it any more: it is Released, and then what its policy says happens. */
  record Release(Reclaim then) implements VolumeDecision {}

  /** Its claim has another volume: it is free again, or kept for the claim that it was made for. */
  record Unbind() implements VolumeDecision {}

  /** What becomes of a volume that nobody needs any more. */
  sealed interface Reclaim {
    /** It stays as it is, for an administrator or its driver to deal with. */
    record Leave() implements Reclaim {}

    /** It is emptied and free again. */
    record Recycle() implements Reclaim {}

    /** It is deleted here. */
    record Delete() implements Reclaim {}

    /** What is asked for cannot be done: it is Failed. */
    record Fail(String reason, String message) implements Reclaim {}
  }
}
