package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * An image that a node has.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ContainerImage(ImmutableList<String> names, @Nullable Long sizeBytes, Fields rest) {
  public ContainerImage {
    names = names == null ? ImmutableList.of() : names;
    rest = rest == null ? Fields.NONE : rest;
  }
}
