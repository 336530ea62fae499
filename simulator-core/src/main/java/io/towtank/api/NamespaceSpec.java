package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What must be done before a namespace may go.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record NamespaceSpec(ImmutableList<String> finalizers, Fields rest) {
  public NamespaceSpec {
    finalizers = finalizers == null ? ImmutableList.of() : finalizers;
    rest = rest == null ? Fields.NONE : rest;
  }
}
