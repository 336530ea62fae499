package io.towtank.traffic;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Service;
import io.towtank.api.ServiceSpec;
import io.towtank.time.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where some of a demand's requests go: endpoints, which share each gets, what became of them. */
final class Target {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long DEFAULT_AFFINITY_SECONDS = 10_800;
  // Envoy: max_ejection_time
  private static final long MOST_EJECTION_NANOS = 300 * NANOS_PER_SECOND;

  final Route.Leg leg;
  private final ServiceDemand demand;
  private final RandomStream random;
  private final Function<QueueTable.Shape, QueueTable> tables;
  private final Map<Backend, Ejection> ejections = new LinkedHashMap<>();
  private EndpointColumns columns = EndpointColumns.NONE;
  private Backend[] backends = {};
  private double[] shares = {};
  private double[] affine = {};
  private double[] offered = {};
  private long[] counts = {};
  private QueueTable[] queues = {};
  private @Nullable Affinity affinity;
  private int eligible;
  private double dropped;
  private double stayed;
  private double turn;

  /** What Envoy goes by of an endpoint that fails, and is left out for a while. */
  private static final class Ejection {
    private double errorsInRow;
    private int times;
    private long untilNanos;
  }

  /** What became of the requests of a segment. */
  static final class Outcome {
    double refused;
    double unreachable;
    double shed;
    double timedOut;
    double stayed;

    void clear() {
      refused = 0;
      unreachable = 0;
      shed = 0;
      timedOut = 0;
      stayed = 0;
    }
  }

  Target(
      Route.Leg leg,
      ServiceDemand demand,
      RandomStream random,
      Function<QueueTable.Shape, QueueTable> tables) {
    this.leg = leg;
    this.demand = demand;
    this.random = random;
    this.tables = tables;
  }

  /** Learns of other endpoints, or of another policy or other origins. */
  void install(
      EndpointColumns columns,
      @Nullable Service service,
      Origins origins,
      long services,
      long nowNanos) {
    this.columns = columns;
    if (!ejections.isEmpty()) {
      // Envoy forgets whom it is told of no more.
      ejections.keySet().retainAll(ImmutableSet.copyOf(columns.backends));
    }
    arrange(service, origins, services, nowNanos);
  }

  /** Goes on to another target's place: what that knew of clients is kept. */
  void continueFrom(Target before) {
    this.affinity = before.affinity;
    this.turn = before.turn;
    this.columns = before.columns;
    this.ejections.putAll(before.ejections);
    before.leave();
  }

  /** Sends nothing more to anybody. */
  void leave() {
    for (int i = 0; i < backends.length; i++) {
      backends[i].load = Math.max(0, backends[i].load - offered[i]);
    }
    Arrays.fill(offered, 0);
  }

  /** Works out which share each endpoint gets, from all the nodes that requests come from. */
  void arrange(@Nullable Service service, Origins origins, long services, long nowNanos) {
    leave();
    int count = columns.count();
    double[] all = new double[count];
    dropped = 0;
    stayed = 0;
    int most = 1;
    int senders = 1;
    double largest = 0;
    boolean external = demand.from() instanceof TrafficSource.Outside;
    boolean proxied = Dataplane.PROXY_MODES.contains(leg.plane());
    boolean local = proxied && isLocal(service, external);
    List<Origins.Cell> cells = cells(origins, local, proxied, external, service);
    Map<String, Double> zones = origins.zoneShares();
    for (Origins.Cell cell : cells) {
      int[] chosen = choose(cell, local, proxied, nowNanos);
      if (chosen.length == 0) {
        dropped += cell.share();
        continue;
      }
      if (cell.share() > largest) {
        largest = cell.share();
        most = chosen.length;
        senders = proxied ? cell.senders() : origins.senders();
      }
      double[] capacities = new double[chosen.length];
      for (int i = 0; i < chosen.length; i++) {
        capacities[i] = columns.backends[chosen[i]].cores;
      }
      double[] part = leg.balancing().shares(capacities, demand.clients());
      for (int i = 0; i < chosen.length; i++) {
        int endpoint = chosen[i];
        double share = cell.share() * part[i];
        all[endpoint] += share;
        String zone = columns.zones[endpoint];
        if (zone != null) {
          stayed +=
              cell.zone() == null
                  ? share * zones.getOrDefault(zone, 0.0)
                  : zone.equals(cell.zone()) ? share : 0;
        }
      }
    }
    if (cells.isEmpty()) {
      dropped = 1;
    }
    keep(all);
    rememberClients(service, proxied);
    describeQueues(most, senders, services);
  }

  private static boolean isLocal(@Nullable Service service, boolean external) {
    ServiceSpec spec = service == null ? null : service.spec();
    return spec != null
        && "Local".equals(external ? spec.externalTrafficPolicy() : spec.internalTrafficPolicy());
  }

  private List<Origins.Cell> cells(
      Origins origins,
      boolean local,
      boolean proxied,
      boolean external,
      @Nullable Service service) {
    if (origins.isEmpty()) {
      return List.of();
    }
    if (!proxied) {
      return List.of(origins.all());
    }
    if (local) {
      ServiceSpec spec = service == null ? null : service.spec();
      boolean balanced = external && spec != null && "LoadBalancer".equals(spec.type());
      return balanced ? healthy(origins.byNode()) : origins.byNode();
    }
    if (columns.allHinted(columns.nodeHints)) {
      return origins.byNode();
    }
    return columns.allHinted(columns.zoneHints) ? origins.byZone() : List.of(origins.all());
  }

  /** A load balancer asks nodes whether they have endpoints (healthCheckNodePort). */
  private List<Origins.Cell> healthy(List<Origins.Cell> cells) {
    List<Origins.Cell> healthy = new ArrayList<>();
    double total = 0;
    for (Origins.Cell cell : cells) {
      if (cell.node() != null && columns.forLocal(cell.node()).length > 0) {
        healthy.add(cell);
        total += cell.share();
      }
    }
    double sum = total;
    healthy.replaceAll(
        cell -> new Origins.Cell(cell.node(), cell.zone(), cell.share() / sum, cell.senders()));
    return healthy;
  }

  private int[] choose(Origins.Cell cell, boolean local, boolean proxied, long nowNanos) {
    if (proxied) {
      return local && cell.node() != null
          ? columns.forLocal(cell.node())
          : columns.forCluster(cell.node(), cell.zone());
    }
    int[] chosen = columns.allReady();
    ImmutableMap<String, String> labels = leg.labels();
    if (labels == null) {
      return new int[0];
    }
    if (!labels.isEmpty()) {
      chosen = Arrays.stream(chosen).filter(i -> has(columns.labels[i], labels)).toArray();
    }
    eligible = chosen.length;
    if (!ejections.isEmpty()) {
      int[] left = Arrays.stream(chosen).filter(i -> !isEjected(i, nowNanos)).toArray();
      chosen = left.length > 0 ? left : chosen;
    }
    return chosen;
  }

  private boolean isEjected(int endpoint, long nowNanos) {
    Ejection ejection = ejections.get(columns.backends[endpoint]);
    return ejection != null && ejection.untilNanos > nowNanos;
  }

  private static boolean has(
      ImmutableMap<String, String> labels, ImmutableMap<String, String> wanted) {
    return labels.entrySet().containsAll(wanted.entrySet());
  }

  /** Keeps those endpoints that get anything. */
  private void keep(double[] all) {
    int count = 0;
    for (double share : all) {
      if (share > 0) {
        count++;
      }
    }
    backends = new Backend[count];
    shares = new double[count];
    offered = new double[count];
    counts = new long[count];
    queues = new QueueTable[count];
    int place = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] > 0) {
        backends[place] = columns.backends[i];
        shares[place++] = all[i] / (1 - dropped);
      }
    }
  }

  private void rememberClients(@Nullable Service service, boolean proxied) {
    ServiceSpec spec = service == null ? null : service.spec();
    if (!proxied || spec == null || !"ClientIP".equals(spec.sessionAffinity())) {
      affinity = null;
      return;
    }
    if (affinity == null) {
      long seconds = DEFAULT_AFFINITY_SECONDS;
      var config = spec.rest().get("sessionAffinityConfig");
      if (config != null) {
        seconds = config.path("clientIP").path("timeoutSeconds").asLong(seconds);
      }
      affinity = new Affinity(demand.clients(), seconds * NANOS_PER_SECOND);
    }
    if (backends.length > 0) {
      affinity.endpoints(backends, shares, random);
      affine = affinity.shares();
    }
  }

  private void describeQueues(int endpoints, int senders, long services) {
    double overhead = leg.plane().overheadNanos(services) + leg.delayNanos();
    double variation = affinity != null ? 1 : leg.balancing().arrivalVariation(endpoints, senders);
    for (int i = 0; i < backends.length; i++) {
      Backend backend = backends[i];
      if (i > 0 && backend.cores == backends[i - 1].cores) {
        queues[i] = queues[i - 1];
        continue;
      }
      double workers =
          affinity != null
              ? backend.workers
              : leg.balancing().pooledWorkers(backend.workers, endpoints, senders);
      queues[i] =
          tables.apply(
              new QueueTable.Shape(
                  variation,
                  workers,
                  demand.cost().meanNanos() / backend.speed(),
                  demand.cost(),
                  Math.min((double) leg.timeoutNanos(), limitNanos(backend)),
                  overhead));
    }
  }

  /** How long those wait on average who come when as many wait as may. */
  private double limitNanos(Backend backend) {
    return demand.queueLimit() == Long.MAX_VALUE
        ? Double.MAX_VALUE
        : demand.queueLimit() * demand.cost().meanNanos() / backend.cores;
  }

  /** Endpoints that were left out come back when their time is over. */
  boolean hasReturning(long fromNanos, long nowNanos) {
    for (Ejection ejection : ejections.values()) {
      if (ejection.untilNanos > fromNanos && ejection.untilNanos <= nowNanos) {
        return true;
      }
    }
    return false;
  }

  /**
   * Sends requests, and has the pods work on them.
   *
   * @param requests how many
   * @param expected how many there would be on average
   * @param interval in which the segment lies
   * @return whether endpoints are left out from now on that were not before
   */
  boolean serve(
      long requests,
      double expected,
      long fromNanos,
      long nowNanos,
      long interval,
      ServiceTotals totals,
      Outcome outcome) {
    long lost =
        backends.length == 0
            ? requests
            : dropped > 0 ? Balancing.binomial(requests, dropped, random) : 0;
    outcome.refused += lost;
    if (backends.length == 0) {
      return false;
    }
    long sent = requests - lost;
    double nanos = nowNanos - fromNanos;
    double[] going = shares;
    if (affinity == null) {
      turn = leg.balancing().draw(sent, shares, turn, random, counts);
    } else {
      affinity.pass((double) sent, nanos, shares, random);
      affine = affinity.shares();
      going = affine;
      Balancing.RANDOM.draw(sent, going, 0, random, counts);
    }
    double expectedHere = expected * (1 - dropped);
    double work = expectedHere * demand.cost().meanNanos() / nanos;
    ServiceTotals.Levels levels = null;
    QueueTable last = null;
    double lastWait = -1;
    double lastLoad = -1;
    double lastLevel = 0;
    boolean ejected = false;
    for (int i = 0; i < backends.length; i++) {
      Backend backend = backends[i];
      long count = counts[i];
      if (!backend.alive) {
        double failed = count * backend.gone(fromNanos, nowNanos);
        outcome.unreachable += failed;
        ejected |= noteErrors(backend, failed, nowNanos);
        totals.levels(queues[i]).add(0, count - failed);
        continue;
      }
      QueueTable queue = queues[i];
      if (isOther(queue, last) || levels == null) {
        levels = totals.levels(queue);
        last = queue;
        lastLoad = -1;
      }
      double own = work * going[i] / backend.cores;
      if (own != offered[i]) {
        backend.load = Math.max(0, backend.load + own - offered[i]);
        offered[i] = own;
      }
      if (backend.steppedAtNanos < nowNanos) {
        if (backend.waitNanos == lastWait
            && backend.load == lastLoad
            && backend.steppedAtNanos == fromNanos) {
          backend.level = lastLevel;
          backend.waitNanos = queue.waitNanos(lastLevel);
          backend.steppedAtNanos = nowNanos;
        } else {
          lastWait = backend.steppedAtNanos == fromNanos ? backend.waitNanos : -1;
          lastLoad = backend.load;
          backend.step(queue, nowNanos);
          lastLevel = backend.level;
        }
      }
      double level = backend.level;
      double accepted = queue.accepted(level);
      double turnedAway = count * (1 - accepted);
      if (limitNanos(backend) < leg.timeoutNanos()) {
        outcome.shed += turnedAway;
      } else {
        outcome.timedOut += turnedAway;
      }
      levels.add(level, count * accepted);
      backend.answer(interval, count * accepted);
      double mean = expectedHere * going[i];
      double busy = Math.min(1, queue.load(level) * accepted);
      double part = backend.load > 0 ? own / backend.load : 1;
      double chance = mean > 0 ? count / mean : 1;
      backend.use(interval, Math.round(busy * part * chance * backend.cores * nanos));
    }
    outcome.stayed += sent * stayed / (1 - dropped);
    return ejected;
  }

  @SuppressWarnings("ReferenceEquality") // Tables are kept once each.
  private static boolean isOther(QueueTable queue, @Nullable QueueTable last) {
    return queue != last;
  }

  /**
   * Envoy: outlier detection by consecutive errors, which those of an endpoint are that is gone.
   * One may be left out in any case, for no longer than five minutes or what is said.
   */
  private boolean noteErrors(Backend backend, double errors, long nowNanos) {
    Route.Outlier outlier = leg.outlier();
    if (outlier == null || errors <= 0) {
      return false;
    }
    Ejection ejection = ejections.computeIfAbsent(backend, b -> new Ejection());
    ejection.errorsInRow += errors;
    if (ejection.errorsInRow < outlier.consecutiveErrors()) {
      return false;
    }
    long out = ejections.values().stream().filter(one -> one.untilNanos > nowNanos).count();
    if (out > 0 && out + 1 > outlier.mostShare() * eligible) {
      return false;
    }
    ejection.errorsInRow = 0;
    ejection.times++;
    long most = Math.max(outlier.baseNanos(), MOST_EJECTION_NANOS);
    ejection.untilNanos = nowNanos + Math.min(most, ejection.times * outlier.baseNanos());
    return true;
  }
}
