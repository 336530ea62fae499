package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * The number that the first pod bears.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record StatefulSetOrdinals(int start, Fields rest) {
  public StatefulSetOrdinals {
    rest = rest == null ? Fields.NONE : rest;
  }
}
