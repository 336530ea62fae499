package io.towtank.traffic;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Kinds;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.Service;
import io.towtank.client.Informer;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.metrics.ContainerUse;
import io.towtank.store.WatchListener;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The requests that come to services: where they go, how long they wait, which are lost, and the
 * CPU that they take on pods.
 *
 * <p>Requests are counted by intervals of five seconds, not one by one: a service costs as many
 * additions in an interval as it has endpoints, whatever the number of requests. An interval is cut
 * where endpoints come or go, so that what is sent to an endpoint that is gone fails for just as
 * long as the rules still have it.
 *
 * <p>What comes is spread over endpoints as {@link Dataplane} and {@link Balancing} say; each pod
 * is a queue ({@link QueueTable}).
 */
public final class ServiceTraffic implements Component, ContainerUse {
  private static final String NAME = "traffic";

  /** An interval, in virtual nanoseconds; metrics-server's readings fall on the ends of some. */
  static final long INTERVAL_NANOS = 5_000_000_000L;

  /** How long after a change requests go other ways; what changes meanwhile is taken along. */
  private static final long SETTLE_NANOS = 100_000_000L;

  private final Simulation simulation;
  private final ComponentContext context;
  private final Router router;
  private final ContainerUse otherUse;
  private final Predicate<String> nodeRuns;
  private final List<Flow> flows = new ArrayList<>();
  private final Map<String, ServiceTotals> totals = new LinkedHashMap<>();
  private final Map<Dataplane, NodeRules> rules = new EnumMap<>(Dataplane.class);
  private final Places places = new Places();
  private final Map<QueueTable.Shape, QueueTable> tables = new HashMap<>();
  private final List<Runnable> listeners = new ArrayList<>();
  private @Nullable Map<ObjectKey, List<Flow>> flowsByService;
  private @Nullable Backends backends;
  private @Nullable Informer<Service> services;
  private @Nullable Informer<Pod> pods;
  private boolean fromPods;
  private boolean countsByPod;
  private boolean originsStale;
  private boolean routesStale;
  private boolean settling;
  private long endpointCount;
  private long interval;

  /**
   * Traffic that does not come before the start.
   *
   * @param router where requests go
   * @param otherUse what containers use beside what requests take
   * @param nodeRuns whether a node's machine runs, whatever the cluster knows of it
   */
  public ServiceTraffic(
      ComponentContext context,
      Iterable<ServiceDemand> demands,
      Router router,
      ContainerUse otherUse,
      Predicate<String> nodeRuns) {
    this.simulation = context.simulation();
    this.context = context;
    this.router = router;
    this.otherUse = otherUse;
    this.nodeRuns = nodeRuns;
    Map<String, Integer> sameName = new HashMap<>();
    for (ServiceDemand demand : demands) {
      String asked = demand.asked();
      int number = sameName.merge(asked, 1, Integer::sum);
      flows.add(
          new Flow(
              demand,
              simulation.random(NAME + "/" + asked + (number == 1 ? "" : "#" + number)),
              totals(asked)));
      fromPods |= demand.from() instanceof TrafficSource.Pods;
    }
  }

  private ServiceTotals totals(String name) {
    return totals.computeIfAbsent(name, n -> new ServiceTotals(n, INTERVAL_NANOS));
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    if (flows.isEmpty()) {
      return;
    }
    Informer<EndpointSlice> slices = context.informers().informer(Kinds.ENDPOINT_SLICE);
    services = context.informers().informer(Kinds.SERVICE);
    pods = context.informers().informer(Kinds.POD);
    backends = new Backends(simulation, slices, pods, places, nodeRuns, () -> countsByPod);
    slices.addHandler(new SliceHandler());
    services.addHandler(new ServiceHandler());
    pods.addHandler(new PodHandler());
    context.informers().informer(Kinds.NODE).addHandler(new NodeHandler());
    router.onChange(this::waysChanged);
    next();
  }

  /** Has somebody told before the numbers of an interval take the place of those before. */
  public void beforeInterval(Runnable listener) {
    listeners.add(listener);
  }

  // What the cluster tells.

  private final class SliceHandler implements WatchListener<EndpointSlice> {
    @Override
    public void added(EndpointSlice slice) {
      endpointCount += slice.endpoints().size();
      changed(Backends.service(slice));
    }

    @Override
    public void modified(EndpointSlice previous, EndpointSlice slice) {
      endpointCount += slice.endpoints().size() - previous.endpoints().size();
      changed(Backends.service(slice));
    }

    @Override
    public void deleted(EndpointSlice last) {
      endpointCount -= last.endpoints().size();
      changed(Backends.service(last));
    }
  }

  private final class ServiceHandler implements WatchListener<Service> {
    @Override
    public void added(Service service) {
      altered(service);
    }

    @Override
    public void modified(Service previous, Service service) {
      if (!Objects.equals(previous.spec(), service.spec())) {
        altered(service);
      }
    }

    @Override
    public void deleted(Service last) {
      altered(last);
    }

    private void altered(Service service) {
      waysChanged();
      changed(ObjectKey.of(service));
    }
  }

  private final class NodeHandler implements WatchListener<Node> {
    @Override
    public void added(Node node) {
      put(node);
    }

    @Override
    public void modified(Node previous, Node node) {
      put(node);
    }

    @Override
    public void deleted(Node last) {
      places.remove(last.name());
      originsChanged();
    }

    private void put(Node node) {
      if (places.put(node)) {
        originsChanged();
      }
    }
  }

  private final class PodHandler implements WatchListener<Pod> {
    @Override
    public void added(Pod pod) {}

    @Override
    public void modified(Pod previous, Pod pod) {
      if (fromPods && previous.isReady() != pod.isReady()) {
        originsChanged();
      }
      if (backends != null) {
        backends.changed(pod);
      }
    }

    @Override
    public void deleted(Pod last) {
      if (fromPods) {
        originsChanged();
      }
      if (backends != null) {
        backends.deleted(last);
      }
    }
  }

  /** Machines have stopped, or run again: what is sent to their pods is lost at once. */
  public void nodesChanged() {
    if (backends != null) {
      backends.nodesChanged();
    }
  }

  // Rules: what nodes, sidecars and clients know of endpoints.

  private void changed(ObjectKey service) {
    if (backends != null) {
      backends.forget(service);
    }
    rules.values().forEach(rule -> rule.changed(service));
  }

  private final class KnownCluster implements NodeRules.Cluster {
    @Override
    public EndpointColumns endpoints(ObjectKey service) {
      return backends == null ? EndpointColumns.NONE : backends.gathered(service);
    }

    @Override
    public long services() {
      return serviceCount();
    }

    @Override
    public long endpointCount() {
      return endpointCount;
    }

    @Override
    public long endpointCount(ObjectKey service) {
      return backends == null ? 0 : backends.count(service);
    }

    @Override
    public void install(Dataplane plane, ObjectKey service, EndpointColumns columns) {
      for (Flow flow : flowsTo(service)) {
        if (flow.uses(plane, service)) {
          advance(flow);
          for (Target target : flow.targets()) {
            if (target.leg.plane() == plane && target.leg.service().equals(service)) {
              target.install(
                  columns, find(service), flow.origins, serviceCount(), simulation.nanos());
            }
          }
        }
      }
    }
  }

  /** The demands of which requests go to a service, in their order. */
  private List<Flow> flowsTo(ObjectKey service) {
    Map<ObjectKey, List<Flow>> known = flowsByService;
    if (known == null) {
      known = new HashMap<>();
      for (Flow flow : flows) {
        for (Target target : flow.targets()) {
          List<Flow> here = known.computeIfAbsent(target.leg.service(), s -> new ArrayList<>());
          if (here.isEmpty() || here.getLast() != flow) {
            here.add(flow);
          }
        }
      }
      flowsByService = known;
    }
    return known.getOrDefault(service, List.of());
  }

  private long serviceCount() {
    return services == null ? 0 : services.size();
  }

  private @Nullable Service find(ObjectKey service) {
    return services == null ? null : services.get(service);
  }

  // Ways and origins.

  private void waysChanged() {
    routesStale = true;
    settleSoon();
  }

  private void originsChanged() {
    originsStale = true;
    settleSoon();
  }

  private void settleSoon() {
    if (!settling) {
      settling = true;
      simulation.scheduleBackground(
          SETTLE_NANOS,
          () -> {
            settling = false;
            advance();
            settle();
          });
    }
  }

  private void settle() {
    boolean turning = routesStale;
    if (!turning && !originsStale) {
      return;
    }
    routesStale = false;
    originsStale = false;
    Map<TrafficSource, Origins> known = new HashMap<>();
    for (Flow flow : flows) {
      ImmutableMap<String, String> labels = flow.origins.labels();
      flow.origins = known.computeIfAbsent(flow.demand.from(), from -> places.origins(from, pods));
      if (turning || !flow.origins.labels().equals(labels)) {
        turn(flow);
      } else {
        arrange(flow);
      }
    }
  }

  private void turn(Flow flow) {
    ServiceDemand demand = flow.demand;
    Route route =
        router.route(
            demand,
            demand.service() == null ? null : find(demand.service()),
            flow.origins.labels());
    List<Target> next = new ArrayList<>();
    List<ServiceTotals> nextTotals = new ArrayList<>();
    for (Route.Leg leg : route.legs()) {
      if (!(leg.weight() > 0)) {
        continue;
      }
      Target target = new Target(leg, demand, flow.random, this::table);
      for (Target before : flow.targets()) {
        if (before.leg.service().equals(leg.service())
            && before.leg.plane() == leg.plane()
            && before.leg.subset().equals(leg.subset())) {
          target.continueFrom(before);
        }
      }
      next.add(target);
      nextTotals.add(
          leg.mirrored()
              ? new ServiceTotals(leg.service().toString(), INTERVAL_NANOS)
              : demand.service() == null ? totals(leg.service().toString()) : flow.asked);
    }
    flow.turnTo(next, nextTotals);
    flowsByService = null;
    for (Target target : next) {
      EndpointColumns columns =
          rules
              .computeIfAbsent(
                  target.leg.plane(), plane -> new NodeRules(plane, simulation, new KnownCluster()))
              .of(target.leg.service());
      target.install(
          columns, find(target.leg.service()), flow.origins, serviceCount(), simulation.nanos());
    }
  }

  private void arrange(Flow flow) {
    for (Target target : flow.targets()) {
      target.arrange(find(target.leg.service()), flow.origins, serviceCount(), simulation.nanos());
    }
  }

  private QueueTable table(QueueTable.Shape shape) {
    return tables.computeIfAbsent(shape, QueueTable::new);
  }

  // Time.

  private void next() {
    simulation.scheduleBackground(
        (interval + 1) * INTERVAL_NANOS - simulation.nanos(),
        () -> {
          catchUp();
          next();
        });
  }

  /** Accounts for the intervals that are over. */
  private void catchUp() {
    while (!flows.isEmpty() && (interval + 1) * INTERVAL_NANOS <= simulation.nanos()) {
      listeners.forEach(Runnable::run);
      advance();
      long ended = interval++;
      totals.values().forEach(one -> one.endInterval(ended, INTERVAL_NANOS));
    }
  }

  private void advance() {
    for (Flow flow : flows) {
      advance(flow);
    }
  }

  private void advance(Flow flow) {
    if (flow.advance(simulation.nanos())) {
      arrange(flow);
    }
  }

  // What others ask.

  @Override
  public long averageMilli(
      Pod pod, String container, String resource, long fromNanos, long toNanos) {
    long other = otherUse.averageMilli(pod, container, resource, fromNanos, toNanos);
    Backend backend = resource.equals("cpu") && backends != null ? backends.of(pod) : null;
    if (backend == null || !backend.container.equals(container)) {
      return other;
    }
    catchUp();
    double used = 0;
    for (long i = fromNanos / INTERVAL_NANOS; i * INTERVAL_NANOS < toNanos; i++) {
      long begin = Math.max(fromNanos, i * INTERVAL_NANOS);
      long end = Math.min(toNanos, (i + 1) * INTERVAL_NANOS);
      used += (double) backend.usedIn(i) * (end - begin) / INTERVAL_NANOS;
    }
    return other + Math.round(used * 1000 / (toNanos - fromNanos));
  }

  /** Has the requests counted that each pod answers which becomes an endpoint from now on. */
  public void countByPod() {
    countsByPod = true;
  }

  /**
   * How many requests a second a pod answered of late, whatever service they were for.
   *
   * @param windowNanos over how long, at most two minutes; it ends with the last full interval
   * @return none of a pod that no service has had as an endpoint
   */
  public OptionalDouble answeredPerSecond(Pod pod, long windowNanos) {
    Backend backend = backends == null ? null : backends.of(pod);
    if (backend == null) {
      return OptionalDouble.empty();
    }
    catchUp();
    int intervals = intervals(windowNanos);
    return OptionalDouble.of(perSecond(backend.answeredBefore(interval, intervals), intervals));
  }

  /**
   * What was measured of the requests to a service of late.
   *
   * @param service as results name it
   * @param windowNanos over how long, at most two minutes; it ends with the last full interval.
   *     Latencies are those of that interval
   * @return none where there is no such service, and where no request came of which there could be
   *     a latency
   */
  public OptionalDouble measured(String service, Measure what, long windowNanos) {
    ServiceTotals of = totals.get(service);
    if (of == null) {
      return OptionalDouble.empty();
    }
    catchUp();
    int intervals = intervals(windowNanos);
    double requests = of.requestsBefore(interval, intervals);
    double errors = of.errorsBefore(interval, intervals);
    return switch (what) {
      case REQUESTS -> OptionalDouble.of(perSecond(requests, intervals));
      case ERRORS -> OptionalDouble.of(perSecond(errors, intervals));
      case ERROR_SHARE -> OptionalDouble.of(errors <= requests * 1e-9 ? 0 : errors / requests);
      case P50 -> latency(of, 0.5);
      case P90 -> latency(of, 0.9);
      case P99 -> latency(of, 0.99);
    };
  }

  private static OptionalDouble latency(ServiceTotals of, double share) {
    of.watch();
    return of.rate() <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(of.recentQuantileNanos(share) / 1e9);
  }

  private static int intervals(long windowNanos) {
    return (int) Math.max(1, windowNanos / INTERVAL_NANOS);
  }

  private static double perSecond(double count, int intervals) {
    return count * 1e9 / ((double) intervals * INTERVAL_NANOS);
  }

  /** What became of the requests to each service until now. */
  public ImmutableList<TrafficResult> results() {
    if (!flows.isEmpty()) {
      catchUp();
      advance();
      long rest = simulation.nanos() - interval * INTERVAL_NANOS;
      if (rest > 0) {
        totals.values().forEach(one -> one.endInterval(interval, rest));
      }
    }
    return totals.values().stream()
        .filter(one -> one.requests > 0)
        .map(ServiceTotals::result)
        .collect(ImmutableList.toImmutableList());
  }

  /**
   * A number of the last interval: {@code rate} (requests a second), {@code errorShare}, {@code
   * p50}, {@code p90}, {@code p99} (of latencies, in seconds).
   *
   * @param service as results name it
   * @return null where there is no such service or number
   */
  public @Nullable DoubleSupplier live(String service, String what) {
    ServiceTotals of = totals.get(service);
    if (of == null) {
      return null;
    }
    return switch (what) {
      case "rate" -> of::rate;
      case "errorShare" -> of::errorShare;
      case "p50", "p90", "p99" -> {
        of.watch();
        double share = Integer.parseInt(what.substring(1)) / 100.0;
        yield () -> of.recentQuantileNanos(share) / 1e9;
      }
      default -> null;
    };
  }
}
