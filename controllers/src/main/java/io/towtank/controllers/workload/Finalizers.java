package io.towtank.controllers.workload;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import org.jspecify.annotations.Nullable;

/** Puts finalizers on objects and takes them off. */
public final class Finalizers {
  private Finalizers() {}

  /** Metadata with a finalizer; the same where it has it, or there is none to put. */
  public static ObjectMeta with(ObjectMeta meta, @Nullable String finalizer) {
    if (finalizer == null || meta.finalizers().contains(finalizer)) {
      return meta;
    }
    return ObjectMetaBuilder.builder(meta)
        .finalizers(
            ImmutableList.<String>builder().addAll(meta.finalizers()).add(finalizer).build())
        .build();
  }

  /** Metadata without a finalizer; the same where it has it not, or there is none to take. */
  public static ObjectMeta without(ObjectMeta meta, @Nullable String finalizer) {
    if (finalizer == null || !meta.finalizers().contains(finalizer)) {
      return meta;
    }
    return ObjectMetaBuilder.builder(meta)
        .finalizers(
            meta.finalizers().stream()
                .filter(other -> !other.equals(finalizer))
                .collect(ImmutableList.toImmutableList()))
        .build();
  }
}
