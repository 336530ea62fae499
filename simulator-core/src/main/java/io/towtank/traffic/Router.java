package io.towtank.traffic;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Service;
import org.jspecify.annotations.Nullable;

/** Knows where requests go, from the objects that steer them. */
public interface Router {
  /**
   * The way of a demand's requests as it is now.
   *
   * @param service the service that is asked; null where there is none, or a host is asked
   * @param sourceLabels which all pods have that requests come from
   */
  Route route(
      ServiceDemand demand, @Nullable Service service, ImmutableMap<String, String> sourceLabels);

  /** Has somebody told whenever ways may have changed. */
  void onChange(Runnable listener);
}
