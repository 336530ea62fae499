package io.towtank.store;

import io.towtank.api.FieldSelector;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMeta;
import io.towtank.api.Selector;
import org.jspecify.annotations.Nullable;

/** A selection made ready to be asked of many objects of a kind. */
final class Filter {
  private record Condition(SelectableFields.Field field, boolean equal, String value) {}

  private final @Nullable String namespace;
  private final @Nullable Selector labels;
  private final Condition[] conditions;

  /**
   * @throws ApiException BadRequest where the kind has no such fields
   */
  Filter(Kind<?> kind, Selection selection) {
    this.namespace = selection.namespace();
    this.labels = selection.labels();
    this.conditions = new Condition[selection.fields().requirements().size()];
    int i = 0;
    for (FieldSelector.Requirement requirement : selection.fields().requirements()) {
      SelectableFields.Field field = SelectableFields.of(kind, requirement.field());
      conditions[i++] = new Condition(field, requirement.equal(), requirement.value());
    }
  }

  /** Whether everything matches. */
  boolean isEverything() {
    return namespace == null && labels == null && conditions.length == 0;
  }

  boolean matches(KubeObject object) {
    ObjectMeta meta = object.metadata();
    if (namespace != null && !namespace.equals(meta.namespace())) {
      return false;
    }
    for (Condition condition : conditions) {
      String value = condition.field.apply(object);
      if (condition.value.equals(value == null ? "" : value) != condition.equal) {
        return false;
      }
    }
    return labels == null || labels.matches(meta.labels());
  }
}
