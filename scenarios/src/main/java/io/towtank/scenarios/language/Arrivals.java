package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.api.PodTemplateSpec;
import io.towtank.latency.Distribution;
import io.towtank.scenarios.trace.OpenbPods;
import org.jspecify.annotations.Nullable;

/** Pods that come one after another, on their own and not from a controller. */
public sealed interface Arrivals {
  /**
   * Pods by chance.
   *
   * @param name the pods are called {@code <name>-000000} and so on
   * @param between the time from one to the next
   * @param startNanos virtual time from which on they come
   * @param count how many at most
   * @param endNanos virtual time at which no more come; Long.MAX_VALUE for no such time
   * @param mix what pods they are
   */
  record Stream(
      String name,
      String namespace,
      Distribution between,
      long startNanos,
      long count,
      long endNanos,
      ImmutableList<PodShare> mix)
      implements Arrivals {}

  /** The pods of a trace. */
  record Trace(OpenbPods pods) implements Arrivals {}

  /**
   * A kind of pod among others.
   *
   * @param weight how often it comes in comparison to the others
   * @param lifetime how long its containers run before they end well, null for ever
   */
  record PodShare(int weight, @Nullable Distribution lifetime, PodTemplateSpec template) {}
}
