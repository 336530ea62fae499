package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pods that do not tolerate it off a node.
 *
 * @param effect NoSchedule, PreferNoSchedule or NoExecute
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Taint(
    String key, @Nullable String value, String effect, @Rfc3339 long timeAdded, Fields rest) {
  public Taint {
    rest = rest == null ? Fields.NONE : rest;
  }
}
