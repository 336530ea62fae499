package io.towtank.client;

import io.towtank.api.Kind;
import io.towtank.store.ApiException;
import io.towtank.time.RandomStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong between a cluster's clients and its API server at the moment. Each fault is undone
 * by what began it gives back. While nothing is wrong it costs a request one look at a flag.
 */
public final class ApiFaults {
  /** Requests that take longer. */
  private record Slowness(RequestChoice requests, double factor, long delayNanos) {}

  /** Requests of which a share is refused. */
  private record Refusal(
      RequestChoice requests, double share, ApiException.Reason reason, RandomStream random) {}

  private final List<Slowness> slowness = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private long refused;
  private boolean any;

  /**
   * Has requests take longer from now on.
   *
   * @param factor how many times as long
   * @param delayNanos and how much longer besides
   * @return ends it
   */
  public Runnable slow(RequestChoice requests, double factor, long delayNanos) {
    Slowness fault = new Slowness(requests, factor, delayNanos);
    slowness.add(fault);
    any = true;
    return () -> {
      slowness.remove(fault);
      look();
    };
  }

  /**
   * Has a share of requests refused from now on, before they have done anything.
   *
   * @param share from 0 to 1
   * @param random decides which
   * @return ends it
   */
  public Runnable refuse(
      RequestChoice requests, double share, ApiException.Reason reason, RandomStream random) {
    Refusal fault = new Refusal(requests, share, reason, random);
    refusals.add(fault);
    any = true;
    return () -> {
      refusals.remove(fault);
      look();
    };
  }

  /** How many requests were refused so far. */
  public long refused() {
    return refused;
  }

  private void look() {
    any = !slowness.isEmpty() || !refusals.isEmpty();
  }

  /** Whether anything is wrong. */
  boolean any() {
    return any;
  }

  /** How long a request takes that would take some nanoseconds. */
  long nanos(long nanos, String client, Verb verb, Kind<?> kind) {
    double factor = 1;
    long delay = 0;
    for (Slowness fault : slowness) {
      if (fault.requests.matches(client, verb, kind)) {
        factor *= fault.factor;
        delay += fault.delayNanos;
      }
    }
    return (long) (nanos * factor) + delay;
  }

  /** Why a request is refused; null where it is not. */
  @Nullable ApiException refusal(String client, Verb verb, Kind<?> kind, String name) {
    for (Refusal fault : refusals) {
      if (fault.requests.matches(client, verb, kind) && fault.random.nextDouble() < fault.share) {
        refused++;
        return exception(fault.reason, kind, name);
      }
    }
    return null;
  }

  // apimachinery: api/errors, and what etcd and the API server say
  private static ApiException exception(ApiException.Reason reason, Kind<?> kind, String name) {
    return switch (reason) {
      case CONFLICT -> ApiException.modified(kind, name);
      case TOO_MANY_REQUESTS ->
          ApiException.tooManyRequests(
              "the server has received too many requests and has asked us to try again later", 1);
      case TIMEOUT -> new ApiException(reason, "Timeout: request did not complete within 34s");
      case SERVER_TIMEOUT ->
          new ApiException(
              reason,
              "The operation cannot be completed at this time for the kind \""
                  + kind.plural()
                  + "\"");
      case INTERNAL_ERROR ->
          new ApiException(reason, "Internal error occurred: etcdserver: leader changed");
      default -> new ApiException(reason, "an injected fault: " + reason);
    };
  }
}
