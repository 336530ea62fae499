package io.towtank.scheduler.plugins.defaultbinder;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;
import io.towtank.client.ApiClient;
import io.towtank.scheduler.framework.BindPlugin;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.Names;
import java.util.function.Consumer;

/** Binds through the API's binding subresource (kube-scheduler: DefaultBinder). */
public final class DefaultBinder implements BindPlugin {
  private final ApiClient client;

  /** The plugin, with the scheduler's client. */
  public DefaultBinder(ApiClient client) {
    this.client = client;
  }

  @Override
  public String name() {
    return Names.DEFAULT_BINDER;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of();
  }

  @Override
  public void bind(Pod pod, String nodeName, Consumer<Status> done) {
    client.bind(
        pod,
        nodeName,
        (bound, error) ->
            done.accept(
                error == null
                    ? Status.SUCCESS
                    : Status.error(error.reason() + ": " + error.getMessage())));
  }
}
