package io.towtank.scheduler.extender;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.Durations;
import io.towtank.scheduler.config.Arguments;

/**
 * An extender as configured (kube-scheduler: Extender).
 *
 * @param urlPrefix where it is, without the verbs
 * @param filterVerb empty where it does not filter, and so on
 * @param weight how much its scores count
 * @param timeoutNanos for how long an answer is waited for, in real time
 * @param nodeCacheCapable whether it knows the nodes and needs only their names
 * @param managedResources it is asked about pods that ask for one of these; empty for all pods
 * @param ignorable whether the scheduler goes on without it where it fails
 */
public record ExtenderConfiguration(
    String urlPrefix,
    String filterVerb,
    String prioritizeVerb,
    String bindVerb,
    String preemptVerb,
    long weight,
    long timeoutNanos,
    boolean nodeCacheCapable,
    ImmutableSet<String> managedResources,
    ImmutableSet<String> ignoredByScheduler,
    boolean ignorable) {
  private static final String DEFAULT_TIMEOUT = "30s";

  /**
   * Reads one of a configuration's extenders.
   *
   * @throws io.towtank.scheduler.config.ConfigurationException where something is wrong in it
   */
  public static ExtenderConfiguration read(Arguments extender) {
    extender.allow(
        "urlPrefix",
        "filterVerb",
        "prioritizeVerb",
        "bindVerb",
        "preemptVerb",
        "weight",
        "enableHTTPS",
        "tlsConfig",
        "httpTimeout",
        "nodeCacheCapable",
        "managedResources",
        "ignorable");
    extender.refuse("tlsConfig", "certificates are not configured here; Java's own are trusted");
    String prefix = extender.text("urlPrefix");
    if (!prefix.startsWith("http://") && !prefix.startsWith("https://")) {
      throw extender.wrong("urlPrefix", "\"" + prefix + "\" is no http:// or https:// URL", null);
    }
    if (extender.bool("enableHTTPS", false) && !prefix.startsWith("https://")) {
      throw extender.wrong("enableHTTPS", "the urlPrefix is no https:// URL", null);
    }
    ImmutableSet.Builder<String> managed = ImmutableSet.builder();
    ImmutableSet.Builder<String> ignored = ImmutableSet.builder();
    for (Arguments resource : extender.objects("managedResources")) {
      String name = resource.allow("name", "ignoredByScheduler").text("name");
      managed.add(name);
      if (resource.bool("ignoredByScheduler", false)) {
        ignored.add(name);
      }
    }
    String prioritize = extender.text("prioritizeVerb", "");
    long weight = extender.number("weight", 0, 0, Integer.MAX_VALUE);
    if (!prioritize.isEmpty() && weight == 0) {
      throw extender.wrong("weight", "has to be at least 1 where there is a prioritizeVerb", null);
    }
    return new ExtenderConfiguration(
        prefix,
        extender.text("filterVerb", ""),
        prioritize,
        extender.text("bindVerb", ""),
        extender.text("preemptVerb", ""),
        weight,
        timeout(extender),
        extender.bool("nodeCacheCapable", false),
        managed.build(),
        ignored.build(),
        extender.bool("ignorable", false));
  }

  private static long timeout(Arguments extender) {
    try {
      return Durations.parse(extender.text("httpTimeout", DEFAULT_TIMEOUT));
    } catch (IllegalArgumentException e) {
      throw extender.wrong("httpTimeout", String.valueOf(e.getMessage()), null);
    }
  }
}
