package io.towtank.controllers.workload;

import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.client.ApiClient;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes orphans a workload's own and lets go of what its selector matches no more (pkg/controller:
 * ControllerRefManager).
 *
 * @param <T> what changes hands
 */
public final class Claims<T extends KubeObject> {
  /** Is told how it went. */
  @FunctionalInterface
  public interface Finished<T> {
    /**
     * All that was to change hands has, or the first error has ended it.
     *
     * @param adopted what the workload has now, as it was before
     */
    void finished(boolean succeeded, List<T> adopted, int released);
  }

  private final ApiClient client;
  private final KubeObject workload;
  private final Kind<T> kind;
  private final Uid uid;
  private final @Nullable String finalizer;
  private final List<T> adopted = new ArrayList<>();
  private int released;

  private Claims(ApiClient client, KubeObject workload, Kind<T> kind, @Nullable String finalizer) {
    this.finalizer = finalizer;
    this.client = client;
    this.workload = workload;
    this.kind = kind;
    this.uid = ControllerRefs.uid(workload);
  }

  /** Adopts, releases and tells; where there is nothing to do, at once. */
  public static <T extends KubeObject> void settle(
      ApiClient client,
      KubeObject workload,
      Kind<T> kind,
      List<T> toAdopt,
      List<T> toRelease,
      Finished<T> finished) {
    settle(client, workload, kind, null, toAdopt, toRelease, finished);
  }

  /**
   * As the other; what is adopted also gets a finalizer, and what is released loses it.
   *
   * @param finalizer null for none
   */
  public static <T extends KubeObject> void settle(
      ApiClient client,
      KubeObject workload,
      Kind<T> kind,
      @Nullable String finalizer,
      List<T> toAdopt,
      List<T> toRelease,
      Finished<T> finished) {
    Claims<T> claims = new Claims<>(client, workload, kind, finalizer);
    if (toAdopt.isEmpty()) {
      claims.run(toAdopt, toRelease, finished);
      return;
    }
    // What is gone, or going, must not adopt: the cache may not know yet (canAdoptFunc).
    client.get(
        workload.kind(),
        ObjectKey.of(workload),
        (fresh, error) -> {
          if (fresh == null
              || !ControllerRefs.uid(fresh).equals(claims.uid)
              || fresh.metadata().deletionTimestamp() != Timestamps.NONE) {
            finished.finished(false, List.of(), 0);
          } else {
            claims.run(toAdopt, toRelease, finished);
          }
        });
  }

  private void run(List<T> toAdopt, List<T> toRelease, Finished<T> finished) {
    Batches.oneByOne(
        toAdopt.size() + toRelease.size(),
        (i, answer) -> {
          if (i < toAdopt.size()) {
            adopt(toAdopt.get(i), answer);
          } else {
            release(toRelease.get(i - toAdopt.size()), answer);
          }
        },
        (sent, error) -> finished.finished(error == null, adopted, released));
  }

  private void adopt(T object, Batches.Answer answer) {
    client.patch(
        kind,
        ObjectKey.of(object),
        current ->
            ControllerRefs.of(current.metadata()) != null
                ? current
                : kind.type()
                    .cast(
                        current.withMetadata(
                            Finalizers.with(
                                ControllerRefs.adopted(
                                    current.metadata(), ControllerRefs.to(workload)),
                                finalizer))),
        (changed, error) -> {
          if (changed != null && ControllerRefs.isControlledBy(changed.metadata(), uid)) {
            adopted.add(object);
          }
          answer.answeredOrGone(error);
        });
  }

  private void release(T object, Batches.Answer answer) {
    client.patch(
        kind,
        ObjectKey.of(object),
        current ->
            kind.type()
                .cast(
                    current.withMetadata(
                        Finalizers.without(
                            ControllerRefs.released(current.metadata(), uid), finalizer))),
        (changed, error) -> {
          if (changed != null) {
            released++;
          }
          answer.answeredOrGone(error);
        });
  }
}
