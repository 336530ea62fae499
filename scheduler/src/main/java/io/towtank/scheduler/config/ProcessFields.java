package io.towtank.scheduler.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.latency.ClientLimits;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a configuration that concern kube-scheduler's process and not its decisions: they
 * are checked, and what comes of them here is told (component-base: LeaderElectionConfiguration,
 * ClientConnectionConfiguration, DebuggingConfiguration).
 */
public final class ProcessFields {
  /** Their names. */
  private static final String PARALLELISM = "parallelism";

  private static final String LEADER_ELECTION = "leaderElection";
  private static final String CLIENT_CONNECTION = "clientConnection";
  private static final String PROFILING = "enableProfiling";
  private static final String CONTENTION_PROFILING = "enableContentionProfiling";
  private static final String DELAY_CACHE = "delayCacheUntilActive";

  private static final double DEFAULT_QPS = 50;
  private static final int DEFAULT_BURST = 100;
  private static final long SECOND = 1_000_000_000L;

  private final Arguments top;
  private final List<ConfigurationNote> notes;

  /**
   * Those of a configuration.
   *
   * @param notes takes what authors should know
   */
  public ProcessFields(Arguments top, List<ConfigurationNote> notes) {
    this.top = top;
    this.notes = notes;
  }

  /** All their names. */
  public static String[] names() {
    return new String[] {
      PARALLELISM, LEADER_ELECTION, CLIENT_CONNECTION, PROFILING, CONTENTION_PROFILING, DELAY_CACHE
    };
  }

  /**
   * Checks them all.
   *
   * @return how many requests the scheduler's client may send; null where nothing is said
   */
  public @Nullable ClientLimits read() {
    top.number(PARALLELISM, 16, 1, Integer.MAX_VALUE);
    if (top.get(PARALLELISM) != null) {
      without(top, PARALLELISM, "how long an attempt takes is latency.schedulingPerNode");
    }
    for (String flag : List.of(PROFILING, CONTENTION_PROFILING)) {
      top.bool(flag, false);
      if (top.get(flag) != null) {
        without(top, flag, "there is no process to profile");
      }
    }
    top.bool(DELAY_CACHE, false);
    if (top.get(DELAY_CACHE) != null) {
      without(top, DELAY_CACHE, "the one scheduler is always the active one");
    }
    if (top.get(LEADER_ELECTION) != null) {
      leaderElection(top.object(LEADER_ELECTION));
      without(top, LEADER_ELECTION, "there is one scheduler, which leads");
    }
    return top.get(CLIENT_CONNECTION) == null ? null : clientConnection();
  }

  private void without(Arguments part, String field, String why) {
    notes.add(
        new ConfigurationNote(
            part.path().field(field), field + " changes nothing in a simulation: " + why));
  }

  /** component-base: ValidateLeaderElectionConfiguration. */
  private static void leaderElection(Arguments election) {
    election.allow(
        "leaderElect",
        "leaseDuration",
        "renewDeadline",
        "retryPeriod",
        "resourceLock",
        "resourceName",
        "resourceNamespace");
    boolean elects = election.bool("leaderElect", true);
    long lease = election.duration("leaseDuration", 15 * SECOND);
    long renew = election.duration("renewDeadline", 10 * SECOND);
    long retry = election.duration("retryPeriod", 2 * SECOND);
    String lock = election.text("resourceLock", "leases");
    election.text("resourceName", "kube-scheduler");
    election.text("resourceNamespace", "kube-system");
    if (!elects) {
      return;
    }
    if (!lock.equals("leases")) {
      throw election.wrong("resourceLock", "must be \"leases\", found \"" + lock + "\"", null);
    }
    if (lease <= renew) {
      throw election.wrong("leaseDuration", "must be longer than renewDeadline", null);
    }
    if (renew <= retry) {
      throw election.wrong("renewDeadline", "must be longer than retryPeriod", null);
    }
  }

  private ClientLimits clientConnection() {
    Arguments client = top.object(CLIENT_CONNECTION);
    client.allow("kubeconfig", "acceptContentTypes", "contentType", "qps", "burst");
    for (String field : List.of("kubeconfig", "acceptContentTypes", "contentType")) {
      if (!client.text(field, "").isEmpty()) {
        without(client, field, "the scheduler is connected to the simulated API");
      }
    }
    double qps = qps(client);
    long burst = client.number("burst", 0, 0, Integer.MAX_VALUE);
    // Neither a rate nor a burst of 0 is one (kube-scheduler: SetDefaults).
    return qps < 0
        ? ClientLimits.NONE
        : new ClientLimits(
            qps == 0 ? DEFAULT_QPS : qps, burst == 0 ? DEFAULT_BURST : Math.toIntExact(burst));
  }

  /** Negative for no limit (client-go: rest.Config). */
  private static double qps(Arguments client) {
    JsonNode qps = client.get("qps");
    if (qps == null) {
      return 0;
    }
    if (!qps.isNumber() || qps.decimalValue().abs().compareTo(BigDecimal.valueOf(1e9)) > 0) {
      throw client.wrong("qps", "expected a number of requests a second, found " + qps, null);
    }
    return qps.doubleValue();
  }
}
