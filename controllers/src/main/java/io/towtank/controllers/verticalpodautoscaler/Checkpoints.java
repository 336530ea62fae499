package io.towtank.controllers.verticalpodautoscaler;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.component.ComponentContext;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What the recommender has learnt, as objects, from which one that is started anew begins
 * (vertical-pod-autoscaler: checkpoint/checkpoint_writer.go, input/cluster_feeder.go). One of each
 * autoscaler and container is written in each round; every ten minutes those go whose autoscaler is
 * gone.
 */
final class Checkpoints {
  static final Kind<GenericObject> KIND = Kinds.VERTICAL_POD_AUTOSCALER_CHECKPOINT;

  // --checkpoints-gc-interval
  private static final long GARBAGE_COLLECTION_NANOS = 600_000_000_000L;

  private final ApiClient client;
  private final Recorder recorder;
  private final Informer<GenericObject> checkpoints;
  private final long[] written;
  private final long[] deleted;
  private long collectedNanos;

  Checkpoints(ComponentContext context) {
    this.client = context.client();
    this.recorder = context.recorder();
    this.checkpoints = context.informers().informer(KIND);
    this.written = recorder.counter(VerticalPodAutoscalerRecommender.NAME + "/checkpointsWritten");
    this.deleted = recorder.counter(VerticalPodAutoscalerRecommender.NAME + "/checkpointsDeleted");
    this.collectedNanos = context.simulation().epochNanos();
  }

  /** Whether there are any. */
  boolean exist() {
    return checkpoints.size() > 0;
  }

  /** What is known of an autoscaler's containers, by their names. */
  Map<String, ContainerAggregate> load(ObjectKey autoscaler) {
    Map<String, ContainerAggregate> loaded = new TreeMap<>();
    for (GenericObject checkpoint : checkpoints.list()) {
      if (owner(checkpoint).equals(autoscaler)) {
        try {
          loaded.put(
              field(checkpoint, "spec").path("containerName").asText(),
              ContainerAggregate.restored(field(checkpoint, "status")));
        } catch (IllegalArgumentException e) {
          recorder.event(
              checkpoint,
              VerticalPodAutoscalerRecommender.NAME,
              "Warning",
              "CheckpointNotLoaded",
              String.valueOf(e.getMessage()));
        }
      }
    }
    return loaded;
  }

  private static ObjectKey owner(GenericObject checkpoint) {
    return new ObjectKey(
        checkpoint.metadata().namespace(),
        field(checkpoint, "spec").path("vpaObjectName").asText());
  }

  private static JsonNode field(GenericObject object, String name) {
    JsonNode value = object.content().get(name);
    return value == null ? JsonNodeFactory.instance.objectNode() : value;
  }

  /**
   * A time that a checkpoint tells; {@link Timestamps#NONE} where it tells none.
   *
   * @throws IllegalArgumentException where that is no time
   */
  static long time(JsonNode time) {
    try {
      return time.isTextual() ? Timestamps.parse(time.asText()) : Timestamps.NONE;
    } catch (DateTimeParseException | ArithmeticException e) {
      throw new IllegalArgumentException("\"" + time.asText() + "\" is no time", e);
    }
  }

  /**
   * Writes what is known of a container.
   *
   * @param samples of all the autoscaler's containers that there are: the peaks of days that are
   *     not over yet are left out, since they will be found once more
   */
  void write(
      ObjectKey autoscaler,
      String container,
      ContainerAggregate aggregate,
      Collection<ContainerSamples> samples,
      long nowNanos) {
    ObjectNode status = aggregate.saved(samples, nowNanos);
    status.put("lastUpdateTime", Timestamps.format(nowNanos));
    ObjectKey key = new ObjectKey(autoscaler.namespace(), autoscaler.name() + "-" + container);
    written[0]++;
    client.patch(
        KIND,
        key,
        stored -> stored.with("status", status),
        (stored, error) -> {
          if (error != null && error.reason() == ApiException.Reason.NOT_FOUND) {
            create(autoscaler, container, key, status);
          }
        });
  }

  private void create(ObjectKey autoscaler, String container, ObjectKey key, ObjectNode status) {
    ObjectNode spec = JsonNodeFactory.instance.objectNode();
    spec.put("containerName", container).put("vpaObjectName", autoscaler.name());
    client.create(
        new GenericObject(
            KIND,
            ObjectMetaBuilder.builder()
                .name(key.name())
                .namespace(key.namespace())
                .creationTimestamp(Timestamps.NONE)
                .deletionTimestamp(Timestamps.NONE)
                .build(),
            0,
            Fields.of(ImmutableMap.of("spec", spec, "status", status))),
        (created, error) -> {});
  }

  /** Deletes those of autoscalers that are gone, if it is time to. */
  void collectGarbage(Informer<GenericObject> autoscalers, long nowNanos) {
    if (nowNanos - collectedNanos < GARBAGE_COLLECTION_NANOS) {
      return;
    }
    collectedNanos = nowNanos;
    for (GenericObject checkpoint : checkpoints.list()) {
      if (autoscalers.get(owner(checkpoint)) == null) {
        deleted[0]++;
        client.delete(
            KIND,
            ObjectKey.of(checkpoint),
            new DeleteOptions(
                null,
                DeleteOptions.Propagation.BACKGROUND,
                Objects.requireNonNull(checkpoint.metadata().uid())),
            (gone, error) -> {});
      }
    }
  }
}
