package io.towtank.traffic;

import io.towtank.api.Service;
import org.jspecify.annotations.Nullable;

/** Knows where requests go, from the objects that steer them. */
public interface Router {
  /**
   * The way of a demand's requests as it is now.
   *
   * @param service the service that is asked; null where there is none, or a host is asked
   */
  Route route(ServiceDemand demand, @Nullable Service service);

  /** Has somebody told whenever ways may have changed. */
  void onChange(Runnable listener);
}
