package io.towtank.controllers.history;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.PodTemplateSpec;
import org.jspecify.annotations.Nullable;

/**
 * {@link Revision#data The data} of a workload's template, written once for as long as the template
 * is the same instance: templates seldom change, and every sync compares them with revisions.
 */
public final class CurrentData {
  private @Nullable PodTemplateSpec template;
  private @Nullable JsonNode data;

  /** The data of a template. */
  @SuppressWarnings("ReferenceEquality")
  public JsonNode of(PodTemplateSpec current) {
    JsonNode known = data;
    if (known == null || template != current) {
      known = Revision.data(current);
      data = known;
      template = current;
    }
    return known;
  }
}
