package io.towtank.traffic;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;

/**
 * What carries requests from clients to endpoints, and how soon it learns of other endpoints.
 *
 * <p>Rules are synced one time after another: a sync starts when something has changed, not sooner
 * than {@code minSyncPeriod} after the one before, takes in what is known then, and takes effect at
 * its end. How long it takes is an estimate by what each kind has to go through, which scenarios
 * cannot set: iptables-restore loads the rule that each service has in KUBE-SERVICES, and the two
 * of each endpoint of services that have changed (KEP-3453; of all services the first time), at 10
 * µs a rule, for which the kernel copies the whole table, at 1 µs a rule; IPVS asks the kernel
 * about each service, at 20 µs a call, and nftables writes what has changed. These 1 and 20 µs, and
 * what nftables takes, are assumptions: no figures of them are known. What a first packet costs is
 * read off the chart that came with KEP-3866, which has no IPVS: that is taken to be as nftables
 * is.
 */
public enum Dataplane {
  /** kube-proxy copies every byte itself; endpoints are a list in its memory. */
  USERSPACE("userspace", Balancing.ROUND_ROBIN, new Sync(0, 1_000_000, 0, 0, 0, 0), 100_000, 7.5),
  /** Rules that are walked one by one; {@code statistic --mode random} picks the endpoint. */
  IPTABLES(
      "iptables",
      Balancing.RANDOM,
      new Sync(1_000_000_000, 50_000_000, 10_000, 2_000, 0, 20_000),
      10_000,
      7.5),
  /** Verdict maps; {@code numgen random} picks the endpoint. */
  NFTABLES(
      "nftables",
      Balancing.RANDOM,
      new Sync(1_000_000_000, 50_000_000, 1_000, 0, 200_000, 0),
      12_000,
      0),
  /** A hash table of virtual servers in the kernel; its scheduler picks the endpoint. */
  IPVS(
      "ipvs",
      Balancing.ROUND_ROBIN,
      new Sync(0, 20_000_000, 20_000, 0, 100_000, 20_000),
      12_000,
      0),
  /** Sidecars that istiod tells of endpoints, 100 ms after the last of several changes. */
  MESH("mesh", Balancing.LEAST_REQUEST, new Sync(0, 100_000_000, 0, 0, 100_000, 0), 300_000, 0),
  /** An ingress controller that knows the endpoints itself. */
  INGRESS(
      "ingress",
      Balancing.ROUND_ROBIN,
      new Sync(1_000_000_000, 100_000_000, 0, 0, 0, 0),
      300_000,
      0),
  /** Clients that look a headless service up: CoreDNS lets them keep answers for 5 s. */
  DNS("dns", Balancing.RANDOM, new Sync(0, 2_500_000_000L, 0, 0, 0, 0), 0, 0);

  /** The modes of kube-proxy. */
  public static final ImmutableList<Dataplane> PROXY_MODES =
      ImmutableList.of(IPTABLES, IPVS, NFTABLES, USERSPACE);

  /**
   * How long a sync takes.
   *
   * @param minPeriodNanos from the end of one to the start of the next
   * @param baseNanos whatever there is to do
   * @param perServiceNanos for each service of the cluster
   * @param perEndpointNanos for each endpoint of the cluster
   * @param perChangeNanos for each service that has changed
   * @param perChangedEndpointNanos for each endpoint of these; the first time, of all services
   */
  @Immutable
  record Sync(
      long minPeriodNanos,
      long baseNanos,
      long perServiceNanos,
      long perEndpointNanos,
      long perChangeNanos,
      long perChangedEndpointNanos) {
    /** When a sync may start because of something that changes now. */
    long startNanos(long now, long lastEnd) {
      return lastEnd < 0 ? now : Math.max(now, lastEnd + minPeriodNanos);
    }

    /** How long it takes. */
    long durationNanos(long services, long endpoints, long changes, long changedEndpoints) {
      return baseNanos
          + services * perServiceNanos
          + endpoints * perEndpointNanos
          + changes * perChangeNanos
          + changedEndpoints * perChangedEndpointNanos;
    }
  }

  private final String text;
  private final Balancing balancing;
  private final Sync sync;
  private final long overheadNanos;
  private final double perServiceNanos;

  Dataplane(
      String text, Balancing balancing, Sync sync, long overheadNanos, double perServiceNanos) {
    this.text = text;
    this.balancing = balancing;
    this.sync = sync;
    this.overheadNanos = overheadNanos;
    this.perServiceNanos = perServiceNanos;
  }

  /** How it picks endpoints, where nothing else is said. */
  public Balancing balancing() {
    return balancing;
  }

  Sync sync() {
    return sync;
  }

  /**
   * What it adds to a request's latency.
   *
   * @param services how many there are in the cluster; rounded to what makes a difference
   */
  double overheadNanos(long services) {
    long step = Math.max(100, Long.highestOneBit(Math.max(1, services)) / 4);
    return overheadNanos + perServiceNanos * (services / step * step);
  }

  @Override
  public String toString() {
    return text;
  }
}
