package io.towtank.apply;

import com.google.common.collect.ImmutableList;
import io.towtank.apply.ManagedFields.Manager;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Fields that others have with other values.
 *
 * @param byManager by who has them; no set is empty
 */
record Conflicts(SortedMap<Manager, FieldSet> byManager) {
  boolean isEmpty() {
    return byManager.isEmpty();
  }

  /** The fields that a manager loses, where it loses any. */
  FieldSet of(Manager manager) {
    return byManager.getOrDefault(manager, FieldSet.EMPTY);
  }

  Conflicts without(FieldSet fields) {
    SortedMap<Manager, FieldSet> remaining = new TreeMap<>();
    byManager.forEach((manager, set) -> {
      FieldSet rest = set.difference(fields);
      if (!rest.isEmpty()) {
        remaining.put(manager, rest);
      }
    });
    return new Conflicts(remaining);
  }

  /** What the API answers. */
  ApplyException refusal() {
    ImmutableList.Builder<ApplyException.Conflict> conflicts = ImmutableList.builder();
    byManager.forEach((manager, set) ->
        set.forEach(path ->
            conflicts.add(new ApplyException.Conflict(manager.toString(), FieldSet.text(path)))));
    ImmutableList<ApplyException.Conflict> all = conflicts.build();
    return new ApplyException(ApplyException.Reason.CONFLICT, message(all), all);
  }

  private static String message(ImmutableList<ApplyException.Conflict> conflicts) {
    if (conflicts.size() == 1) {
      ApplyException.Conflict conflict = conflicts.getFirst();
      return "Apply failed with 1 conflict: conflict with "
          + conflict.manager()
          + ": "
          + conflict.field();
    }
    StringBuilder message =
        new StringBuilder("Apply failed with " + conflicts.size() + " conflicts: ");
    String previous = "";
    for (ApplyException.Conflict conflict : conflicts) {
      if (!conflict.manager().equals(previous)) {
        message.append(previous.isEmpty() ? "" : "\n");
        message.append("conflicts with ").append(conflict.manager()).append(":");
        previous = conflict.manager();
      }
      message.append("\n- ").append(conflict.field());
    }
    return message.toString();
  }
}
