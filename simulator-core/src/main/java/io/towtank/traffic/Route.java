package io.towtank.traffic;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
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
   * @param labels that the pods of the subset have; null where nobody is meant, and requests are
   *     refused
   * @param plane who takes them there
   * @param balancing how an endpoint is picked
   * @param timeoutNanos who waits longer gives up
   * @param delayNanos how much longer a request takes than it does by itself
   * @param retries how attempts that failed are repeated
   * @param outlier how endpoints that fail are left out; null where they are not
   * @param mirrored whether its requests are copies of those that go to others, whose answers
   *     nobody waits for; the weight is then the share of those of which there are copies
   */
  @RecordBuilder
  public record Leg(
      double weight,
      ObjectKey service,
      String subset,
      @Nullable ImmutableMap<String, String> labels,
      Dataplane plane,
      Balancing balancing,
      long timeoutNanos,
      long delayNanos,
      Retries retries,
      @Nullable Outlier outlier,
      boolean mirrored) {
    /** The way to all endpoints of a service, by whoever takes requests there. */
    public static Leg to(
        ObjectKey service, Dataplane plane, Balancing balancing, long timeoutNanos) {
      return new Leg(
          1,
          service,
          "",
          ImmutableMap.of(),
          plane,
          balancing,
          timeoutNanos,
          0,
          Retries.NONE,
          null,
          false);
    }
  }

  /**
   * Which attempts that failed are repeated, with other endpoints (Istio: HTTPRetry).
   *
   * @param attempts how often at most
   * @param unreachable whether those are that nobody answered
   * @param turnedAway whether those are that a pod had no room for
   * @param timedOut whether those are that took longer than an attempt may
   */
  public record Retries(int attempts, boolean unreachable, boolean turnedAway, boolean timedOut) {
    /** None. */
    public static final Retries NONE = new Retries(0, false, false, false);
  }

  /**
   * How endpoints that fail are left out (Istio: OutlierDetection).
   *
   * @param consecutiveErrors after how many errors in a row
   * @param baseNanos for how long, the first time; longer by as much each time
   * @param mostShare how many of the endpoints at most, from 0 to 1
   */
  public record Outlier(int consecutiveErrors, long baseNanos, double mostShare) {}
}
