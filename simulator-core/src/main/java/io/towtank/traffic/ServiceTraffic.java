package io.towtank.traffic;

import io.towtank.api.Container;
import io.towtank.api.Endpoint;
import io.towtank.api.EndpointConditions;
import io.towtank.api.EndpointSlice;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectReference;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.Uid;
import io.towtank.client.Informer;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.metrics.ContainerUse;
import io.towtank.store.WatchListener;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests that come to services, and the CPU that they take on pods.
 *
 * <p>Requests are counted by intervals of five seconds, not one by one: a service costs as many
 * additions in an interval as it has endpoints, whatever the number of requests. At the end of an
 * interval what came in it is spread over the endpoints that are ready then. A pod does as much as
 * its CPU limit allows; what it does not get done within the interval waits for the next, and what
 * would have to wait longer than that is shed.
 *
 * <p>The counters tell of all services together: {@code traffic/requests} came, {@code
 * traffic/refused} found no endpoint, {@code traffic/shed} were too many for their pods.
 */
public final class ServiceTraffic implements Component, ContainerUse {
  private static final String NAME = "traffic";
  private static final String BY_SERVICE = "traffic/service";
  private static final String SERVICE_NAME = "kubernetes.io/service-name";

  /** An interval, in virtual nanoseconds; metrics-server's readings fall on the ends of some. */
  static final long INTERVAL_NANOS = 5_000_000_000L;

  /** How many intervals back it is known what a pod used: enough for metrics-server's window. */
  private static final int KEPT = 8;

  private final Simulation simulation;
  private final Informer<EndpointSlice> slices;
  private final Informer<Pod> pods;
  private final ContainerUse otherUse;
  private final Map<ObjectKey, Served> services = new LinkedHashMap<>();
  private final Map<Uid, PodWork> workByPod = new HashMap<>();
  private final long[] requests;
  private final long[] refused;
  private final long[] shed;
  private long interval;

  /** A service, and who serves it. */
  private static final class Served {
    private final ServiceDemand demand;
    private final RandomStream random;
    private final List<PodWork> ready = new ArrayList<>();
    private boolean stale = true;
    private double owed;
    private int turn;

    Served(ServiceDemand demand, RandomStream random) {
      this.demand = demand;
      this.random = random;
    }
  }

  /** What a pod has to do, in nanoseconds of CPU time. */
  private static final class PodWork {
    private final String container;
    private final long capacity;
    private final long[] done = new long[KEPT];
    private long lastInterval = -1;
    private long waiting;

    PodWork(String container, long capacity) {
      this.container = container;
      this.capacity = capacity;
    }

    /** Forgets what was done too long ago. */
    void advance(long interval) {
      if (interval - lastInterval >= KEPT) {
        Arrays.fill(done, 0);
      } else {
        for (long i = lastInterval + 1; i <= interval; i++) {
          done[(int) (i % KEPT)] = 0;
        }
      }
      lastInterval = interval;
    }

    long doneIn(long interval) {
      return interval >= 0 && interval <= lastInterval && interval > lastInterval - KEPT
          ? done[(int) (interval % KEPT)]
          : 0;
    }
  }

  /**
   * Traffic that does not come before the start.
   *
   * @param otherUse what containers use beside what requests take
   */
  public ServiceTraffic(
      ComponentContext context, Iterable<ServiceDemand> demands, ContainerUse otherUse) {
    this.simulation = context.simulation();
    this.slices = context.informers().informer(Kinds.ENDPOINT_SLICE);
    this.pods = context.informers().informer(Kinds.POD);
    this.otherUse = otherUse;
    this.requests = context.recorder().counter(NAME + "/requests");
    this.refused = context.recorder().counter(NAME + "/refused");
    this.shed = context.recorder().counter(NAME + "/shed");
    for (ServiceDemand demand : demands) {
      services.put(
          demand.service(), new Served(demand, simulation.random(NAME + "/" + demand.service())));
    }
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    if (services.isEmpty()) {
      return;
    }
    slices.addIndex(BY_SERVICE, ServiceTraffic::service);
    slices.addHandler(
        WatchListener.ofAny(slice -> {
          Served served = services.get(service(slice));
          if (served != null) {
            served.stale = true;
          }
        }));
    pods.addHandler(
        new WatchListener<Pod>() {
          @Override
          public void added(Pod pod) {}

          @Override
          public void modified(Pod previous, Pod pod) {}

          @Override
          public void deleted(Pod last) {
            workByPod.remove(last.metadata().uid());
          }
        });
    next();
  }

  private static ObjectKey service(EndpointSlice slice) {
    String name = slice.metadata().labels().get(SERVICE_NAME);
    return new ObjectKey(slice.metadata().namespace(), name == null ? "" : name);
  }

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
    while ((interval + 1) * INTERVAL_NANOS <= simulation.nanos()) {
      services.values().forEach(this::serve);
      interval++;
    }
  }

  private void serve(Served served) {
    served.owed +=
        served.demand.curve().requests(interval * INTERVAL_NANOS, (interval + 1) * INTERVAL_NANOS);
    long arrived = (long) served.owed;
    served.owed -= arrived;
    requests[0] += arrived;
    if (served.stale) {
      served.stale = false;
      findReady(served);
    }
    int count = served.ready.size();
    if (count == 0) {
      refused[0] += arrived;
      return;
    }
    long left = arrived;
    for (int i = 0; i < count; i++) {
      PodWork pod = served.ready.get((served.turn + i) % count);
      long share = share(served, left, count - i);
      left -= share;
      work(pod, share, served.demand.cpuNanos());
    }
    // In turn: the next interval goes on where this one ended.
    served.turn = (int) ((served.turn + arrived) % count);
  }

  /** How many of the requests that are left go to the first of so many endpoints. */
  private static long share(Served served, long left, int endpoints) {
    double even = (double) left / endpoints;
    if (endpoints == 1) {
      return left;
    }
    if (!served.demand.proxy().isRandom()) {
      return (long) Math.ceil(even);
    }
    // One step of a multinomial draw, by the normal distribution that it comes close to.
    double deviation = Math.sqrt(even * (1 - 1.0 / endpoints));
    double drawn = even + deviation * gaussian(served.random);
    return Math.max(0, Math.min(left, Math.round(drawn)));
  }

  /** The sum of twelve even numbers: the same on every machine, and near enough to a bell. */
  private static double gaussian(RandomStream random) {
    double sum = -6;
    for (int i = 0; i < 12; i++) {
      sum += random.nextDouble();
    }
    return sum;
  }

  private void work(PodWork pod, long count, long cpuNanos) {
    if (pod.lastInterval < interval) {
      pod.advance(interval);
    }
    int place = (int) (interval % KEPT);
    long todo = pod.waiting + count * cpuNanos;
    long done = Math.min(todo, pod.capacity - pod.done[place]);
    pod.done[place] += done;
    pod.waiting = todo - done;
    if (pod.waiting > pod.capacity) {
      shed[0] += cpuNanos == 0 ? 0 : (pod.waiting - pod.capacity) / cpuNanos;
      pod.waiting = pod.capacity;
    }
  }

  private void findReady(Served served) {
    served.ready.clear();
    slices.forEachInIndex(
        BY_SERVICE,
        served.demand.service(),
        slice -> {
          for (Endpoint endpoint : slice.endpoints()) {
            EndpointConditions conditions = endpoint.conditions();
            ObjectReference target = endpoint.targetRef();
            if (target != null
                && target.name() != null
                && (conditions == null || !Boolean.FALSE.equals(conditions.ready()))
                && slice.addressType().equals("IPv4")) {
              Pod pod = pods.get(slice.metadata().namespace(), target.name());
              Uid uid = pod == null ? null : pod.metadata().uid();
              if (pod != null && uid != null) {
                served.ready.add(workByPod.computeIfAbsent(uid, u -> workOf(pod)));
              }
            }
          }
        });
  }

  private static PodWork workOf(Pod pod) {
    Container first = pod.spec().containers().getFirst();
    ResourceRequirements resources = first.resources();
    Quantity limit = resources == null ? null : resources.limits().get("cpu");
    return new PodWork(
        first.name(),
        limit == null ? Long.MAX_VALUE / 4 : limit.milliValue() * (INTERVAL_NANOS / 1000));
  }

  @Override
  public long averageMilli(
      Pod pod, String container, String resource, long fromNanos, long toNanos) {
    long other = otherUse.averageMilli(pod, container, resource, fromNanos, toNanos);
    PodWork work = resource.equals("cpu") ? workOf(pod.metadata().uid()) : null;
    if (work == null || !work.container.equals(container)) {
      return other;
    }
    catchUp();
    double used = 0;
    for (long i = fromNanos / INTERVAL_NANOS; i * INTERVAL_NANOS < toNanos; i++) {
      long begin = Math.max(fromNanos, i * INTERVAL_NANOS);
      long end = Math.min(toNanos, (i + 1) * INTERVAL_NANOS);
      used += (double) work.doneIn(i) * (end - begin) / INTERVAL_NANOS;
    }
    return other + Math.round(used * 1000 / (toNanos - fromNanos));
  }

  private @Nullable PodWork workOf(@Nullable Uid uid) {
    return uid == null ? null : workByPod.get(uid);
  }
}
