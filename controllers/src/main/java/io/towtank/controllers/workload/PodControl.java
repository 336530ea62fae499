package io.towtank.controllers.workload;

import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.client.ApiClient;
import io.towtank.record.Recorder;
import io.towtank.store.DeleteOptions;

/**
 * Creates and deletes the pods of a controller's workloads, counts them and tells the workload of
 * it in an event (pkg/controller: RealPodControl).
 *
 * <p>Expectations stay with the controller: only it knows what it waits for.
 */
public final class PodControl {
  private final String controller;
  private final ApiClient client;
  private final Recorder recorder;
  private final long[] created;
  private final long[] deleted;

  /** That of the controller of a name, with its counters {@code podsCreated, podsDeleted}. */
  public PodControl(String controller, ApiClient client, Recorder recorder) {
    this.controller = controller;
    this.client = client;
    this.recorder = recorder;
    this.created = recorder.counter(controller + "/podsCreated");
    this.deleted = recorder.counter(controller + "/podsDeleted");
  }

  /** Creates a pod for a workload. */
  public void create(KubeObject workload, Pod pod, Batches.Answer answer) {
    client.create(
        pod,
        (stored, error) -> {
          if (stored != null) {
            created[0]++;
            event(workload, "Normal", "SuccessfulCreate", "Created pod: " + stored.name());
          } else if (error != null) {
            event(workload, "Warning", "FailedCreate", "Error creating: " + error.getMessage());
          }
          answer.answered(error);
        });
  }

  /** Deletes a workload's pod. That it is gone is an error, but none that an event tells of. */
  public void delete(KubeObject workload, Pod pod, Batches.Answer answer) {
    client.delete(
        Kinds.POD,
        ObjectKey.of(pod),
        DeleteOptions.DEFAULT,
        (last, error) -> {
          if (error == null) {
            deleted[0]++;
            event(workload, "Normal", "SuccessfulDelete", "Deleted pod: " + pod.name());
          } else if (!Batches.isGone(error)) {
            event(workload, "Warning", "FailedDelete", "Error deleting: " + error.getMessage());
          }
          answer.answered(error);
        });
  }

  private void event(KubeObject workload, String type, String reason, String message) {
    recorder.event(workload, controller, type, reason, message);
  }
}
