package io.towtank.scheduler.extender;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.NameRules;
import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.ConfigurationNote;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
 * @param tls null for https:// as Java has it
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
    boolean ignorable,
    @Nullable ExtenderTls tls) {
  private static final long DEFAULT_TIMEOUT_NANOS = 5_000_000_000L;

  /**
   * Reads one of a configuration's extenders.
   *
   * @param allManaged the resources that the extenders before it manage; its own are added
   * @param notes takes what authors should know
   * @throws io.towtank.scheduler.config.ConfigurationException where something is wrong in it
   */
  public static ExtenderConfiguration read(
      Arguments extender, Set<String> allManaged, List<ConfigurationNote> notes) {
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
    String prefix = extender.text("urlPrefix");
    if (!prefix.startsWith("http://") && !prefix.startsWith("https://")) {
      throw extender.wrong("urlPrefix", "\"" + prefix + "\" is no http:// or https:// URL", null);
    }
    ImmutableSet.Builder<String> managed = ImmutableSet.builder();
    ImmutableSet.Builder<String> ignored = ImmutableSet.builder();
    for (Arguments resource : extender.objects("managedResources")) {
      String name = resource.allow("name", "ignoredByScheduler").text("name");
      checkResource(resource, name);
      if (!allManaged.add(name)) {
        throw resource.wrong("name", "\"" + name + "\" is managed twice", null);
      }
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
        timeoutNanos(extender),
        extender.bool("nodeCacheCapable", false),
        managed.build(),
        ignored.build(),
        extender.bool("ignorable", false),
        tls(extender, prefix, notes));
  }

  /** kube-scheduler: NewHTTPExtender. */
  private static long timeoutNanos(Arguments extender) {
    long nanos = extender.duration("httpTimeout", 0);
    if (nanos < 0) {
      throw extender.wrong("httpTimeout", "is less than nothing", null);
    }
    return nanos == 0 ? DEFAULT_TIMEOUT_NANOS : nanos;
  }

  /** kube-scheduler: validateExtendedResourceName. */
  private static void checkResource(Arguments resource, String name) {
    ImmutableList<String> errors = NameRules.labelKey(name);
    if (!errors.isEmpty()) {
      throw resource.wrong(
          "name", "\"" + name + "\" is no name of a resource: " + errors.getFirst(), null);
    }
    if (!name.contains("/") || name.contains("kubernetes.io/") || name.startsWith("requests.")) {
      throw resource.wrong(
          "name",
          "\"" + name + "\" is no extended resource: its name begins with a domain of the vendor's",
          null);
    }
  }

  /** kube-scheduler: makeTransport. */
  private static @Nullable ExtenderTls tls(
      Arguments extender, String prefix, List<ConfigurationNote> notes) {
    boolean enabled = extender.bool("enableHTTPS", false);
    if (extender.get("tlsConfig") == null && !enabled) {
      return null;
    }
    ExtenderTls tls = ExtenderTls.read(extender.object("tlsConfig"));
    if (!prefix.startsWith("https://")) {
      notes.add(
          new ConfigurationNote(
              extender.path().field(enabled ? "enableHTTPS" : "tlsConfig"),
              "as in kube-scheduler, without effect: the urlPrefix is no https:// URL"));
      return null;
    }
    if (enabled && tls.authorities() == null && !tls.insecure()) {
      notes.add(
          new ConfigurationNote(
              extender.path().field("enableHTTPS"),
              "as in kube-scheduler, any certificate of the extender is believed where enableHTTPS"
                  + " comes without tlsConfig's caFile or caData"));
      return new ExtenderTls(
          tls.path(), true, tls.serverName(), tls.certificate(), tls.key(), null);
    }
    return tls;
  }
}
