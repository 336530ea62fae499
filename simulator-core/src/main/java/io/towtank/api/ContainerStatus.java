package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * How a container is doing.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ContainerStatus(
    String name,
    @Nullable ContainerState state,
    @Nullable ContainerState lastState,
    boolean ready,
    int restartCount,
    @Nullable String image,
    @Nullable String imageID,
    @Nullable String containerID,
    @Nullable Boolean started,
    Fields rest) {
  public ContainerStatus {
    rest = rest == null ? Fields.NONE : rest;
  }

  /** That of a container of a name among some; null where none is told of. */
  public static @Nullable ContainerStatus find(
      ImmutableList<ContainerStatus> statuses, String name) {
    for (ContainerStatus status : statuses) {
      if (status.name().equals(name)) {
        return status;
      }
    }
    return null;
  }
}
