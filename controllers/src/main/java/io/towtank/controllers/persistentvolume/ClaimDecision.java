package io.towtank.controllers.persistentvolume;

import io.towtank.api.PersistentVolume;
import org.jspecify.annotations.Nullable;

/** What is to be done about a claim. */
public sealed interface ClaimDecision {
  /** Both are bound to one another, as far as they are not. */
  record Bind(PersistentVolume volume) implements ClaimDecision {}

  /**
   * It waits, as Pending.
   *
   * @param notice what its user is told, null for nothing
   */
  record Wait(@Nullable Notice notice) implements ClaimDecision {}

  /** It gets the default class, which came after it. */
  record AssignClass(String className) implements ClaimDecision {}

  /** A provisioner is asked to make its volume. */
  record Provision(String provisioner) implements ClaimDecision {}

  /** Its volume is gone, or another's: it is Lost for good. */
  record Lose(Notice notice) implements ClaimDecision {}

  /** An event. */
  record Notice(String type, String reason, String message) {
    static Notice normal(String reason, String message) {
      return new Notice("Normal", reason, message);
    }

    static Notice warning(String reason, String message) {
      return new Notice("Warning", reason, message);
    }
  }
}
