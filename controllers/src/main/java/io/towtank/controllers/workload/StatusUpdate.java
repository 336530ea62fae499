package io.towtank.controllers.workload;

import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.client.ApiClient;
import io.towtank.store.ApiException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes the status of a workload, which others may have changed since it was read. */
public final class StatusUpdate {
  private StatusUpdate() {}

  /**
   * Writes, and where the object is not what the API has, once more on what it has
   * (statusUpdateRetries of the workload controllers).
   *
   * @param object as it is known
   * @param withStatus puts the status into it
   * @param done is told the error, null where there was none
   */
  public static <T extends KubeObject> void send(
      ApiClient client,
      Kind<T> kind,
      T object,
      UnaryOperator<T> withStatus,
      Consumer<@Nullable ApiException> done) {
    client.updateStatus(
        withStatus.apply(object),
        (written, error) -> {
          if (error == null || error.reason() != ApiException.Reason.CONFLICT) {
            done.accept(error);
            return;
          }
          client.get(
              kind,
              ObjectKey.of(object),
              (fresh, missing) -> {
                if (fresh == null) {
                  done.accept(missing);
                } else {
                  client.updateStatus(withStatus.apply(fresh), (w, again) -> done.accept(again));
                }
              });
        });
  }
}
