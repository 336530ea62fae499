package io.towtank.traffic;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ObjectKey;
import org.jspecify.annotations.Nullable;

/**
 * Where the requests of a demand go.
 *
 * @param legs with which share each; none where nobody takes them
 */
public record Route(ImmutableList<Leg> legs) {
  /** Nobody takes them. */
  public static final Route NOWHERE = new Route(ImmutableList.of());

  /**
   * One of the places that they go to.
   *
   * @param weight among the others
   * @param service whose endpoints serve them
   * @param subset the name of those of the endpoints that are meant; empty for all
   * @param labels that the pods of the subset have
   * @param plane who takes them there
   * @param balancing how an endpoint is picked
   * @param timeoutNanos who waits longer gives up
   * @param retries how often an attempt that failed is repeated with another endpoint
   * @param outlier how endpoints that fail are left out; null where they are not
   */
  public record Leg(
      double weight,
      ObjectKey service,
      String subset,
      ImmutableMap<String, String> labels,
      Dataplane plane,
      Balancing balancing,
      long timeoutNanos,
      int retries,
      @Nullable Outlier outlier) {}

  /**
   * How endpoints that fail are left out (Istio: OutlierDetection).
   *
   * @param consecutiveErrors after how many errors in a row
   * @param baseNanos for how long, the first time; longer by as much each time
   * @param mostShare how many of the endpoints at most, from 0 to 1
   */
  public record Outlier(int consecutiveErrors, long baseNanos, double mostShare) {}
}
