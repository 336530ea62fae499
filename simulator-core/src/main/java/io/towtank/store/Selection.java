package io.towtank.store;

import io.towtank.api.FieldSelector;
import io.towtank.api.Selector;
import org.jspecify.annotations.Nullable;

/**
 * Which objects of a kind are meant.
 *
 * @param namespace the objects of one namespace; null for all
 * @param labels what their labels must match; null for anything
 * @param fields what their fields must match
 */
public record Selection(
    @Nullable String namespace, @Nullable Selector labels, FieldSelector fields) {
  /** All objects. */
  public static final Selection ALL = new Selection(null, null, FieldSelector.EVERYTHING);

  /** All objects of a namespace. */
  public static Selection inNamespace(String namespace) {
    return new Selection(namespace, null, FieldSelector.EVERYTHING);
  }

  /** The objects of which one field has one value, as in {@code spec.nodeName}. */
  public static Selection byField(String field, String value) {
    return new Selection(null, null, FieldSelector.equalTo(field, value));
  }

  /** The objects with matching labels, of a namespace or (null) of all. */
  public static Selection byLabels(@Nullable String namespace, Selector labels) {
    return new Selection(namespace, labels, FieldSelector.EVERYTHING);
  }
}
