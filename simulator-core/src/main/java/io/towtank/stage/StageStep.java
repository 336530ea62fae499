package io.towtank.stage;

import com.google.common.collect.ImmutableList;
import io.towtank.patch.PatchType;

/** Something that a stage does to its object. */
public sealed interface StageStep {
  /** Tells an event about the object. */
  record Event(StageTemplate type, StageTemplate reason, StageTemplate message)
      implements StageStep {}

  /**
   * Changes the object's finalizers.
   *
   * @param empty whether all are taken away first
   */
  record Finalizers(ImmutableList<String> add, ImmutableList<String> remove, boolean empty)
      implements StageStep {
    /** What becomes of an object's finalizers. */
    public ImmutableList<String> applyTo(ImmutableList<String> finalizers) {
      ImmutableList.Builder<String> changed = ImmutableList.builder();
      for (String finalizer : empty ? ImmutableList.<String>of() : finalizers) {
        if (!remove.contains(finalizer)) {
          changed.add(finalizer);
        }
      }
      ImmutableList<String> kept = changed.build();
      add.stream().filter(finalizer -> !kept.contains(finalizer)).forEach(changed::add);
      return changed.build();
    }
  }

  /** Deletes the object at once. */
  record Delete() implements StageStep {}

  /**
   * Patches the object.
   *
   * @param status whether its status is patched, or all else
   * @param root the field that the template is about; empty for the whole object
   */
  record Patch(boolean status, String root, PatchType type, StageTemplate template)
      implements StageStep {}
}
