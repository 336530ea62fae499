package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, told to people.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param type Normal or Warning
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Event(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    ObjectReference involvedObject,
    @Nullable String reason,
    @Nullable String message,
    @Nullable EventSource source,
    @Rfc3339 long firstTimestamp,
    @Rfc3339 long lastTimestamp,
    @Nullable Integer count,
    @Nullable String type,
    @Rfc3339(micros = true) long eventTime,
    @Nullable String action,
    @Nullable ObjectReference related,
    @Nullable String reportingComponent,
    @Nullable String reportingInstance,
    Fields rest)
    implements KubeObject {
  public Event {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<Event> kind() {
    return Kinds.EVENT;
  }

  @Override
  public Event withMetadata(ObjectMeta metadata) {
    return new Event(
        metadata,
        resourceVersion,
        involvedObject,
        reason,
        message,
        source,
        firstTimestamp,
        lastTimestamp,
        count,
        type,
        eventTime,
        action,
        related,
        reportingComponent,
        reportingInstance,
        rest);
  }

  @Override
  public Event withResourceVersion(long resourceVersion) {
    return new Event(
        metadata,
        resourceVersion,
        involvedObject,
        reason,
        message,
        source,
        firstTimestamp,
        lastTimestamp,
        count,
        type,
        eventTime,
        action,
        related,
        reportingComponent,
        reportingInstance,
        rest);
  }
}
