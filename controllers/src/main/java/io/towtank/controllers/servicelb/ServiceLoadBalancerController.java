package io.towtank.controllers.servicelb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Durations;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Service;
import io.towtank.api.ServiceSpec;
import io.towtank.api.ServiceStatus;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.Informer;
import io.towtank.client.WorkQueue;
import io.towtank.component.Component;
import io.towtank.component.ComponentContext;
import io.towtank.controllers.workload.Finalizers;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.record.Recorder;
import io.towtank.store.ApiException;
import io.towtank.store.WatchListener;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes load balancers for the services that want one, and takes them away.
 *
 * <pre>
 *   type LoadBalancer ──► finalizer ──a minute or so──► status.loadBalancer.ingress
 *   deleted, or of another type ──► status emptied ──► finalizer taken away
 * </pre>
 *
 * Balancers have addresses of 198.18.0.0/15, one after another, or {@code spec.loadBalancerIP}. How
 * long one takes a service says itself, by the annotation {@code towtank.io/balancer-after}.
 * Services of a {@code loadBalancerClass} are somebody else's.
 */
public final class ServiceLoadBalancerController implements Component {
  /** kube-controller-manager: names/controller_names.go. */
  public static final String NAME = "service-lb-controller";

  /** How long a service's balancer takes, as in {@code 90s}. */
  public static final String AFTER = "towtank.io/balancer-after";

  // cloud-provider: service/helpers
  private static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";
  private static final String COMPONENT = "service-controller";
  private static final int WORKERS = 1;
  private static final long SECOND = 1_000_000_000L;
  private static final Distribution USUAL = new Distribution.LogNormal(60 * SECOND, 0.3);
  private static final int FIRST = 198 << 24 | 18 << 16;

  private final Simulation simulation;
  private final ApiClient client;
  private final Recorder recorder;
  private final RandomStream random;
  private final Distribution delay;
  private final Informer<Service> services;
  private final WorkQueue<ObjectKey> queue;
  private final long[] made;

  /** When balancers that are being made are there, in virtual nanoseconds. Looked up only. */
  private final Map<ObjectKey, Long> readyAt = new HashMap<>();

  private int addresses;

  /** A controller that does nothing before its start. */
  public ServiceLoadBalancerController(ComponentContext context) {
    this.simulation = context.simulation();
    this.client = context.client();
    this.recorder = context.recorder();
    this.random = context.random();
    this.delay =
        context.latency().name().equals(LatencyProfile.INSTANT.name()) ? Distribution.ZERO : USUAL;
    this.services = context.informers().informer(Kinds.SERVICE);
    this.queue = new WorkQueue<>(simulation, WORKERS, this::sync);
    this.made = recorder.counter(NAME + "/balancersMade");
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void start() {
    services.addHandler(
        new WatchListener<Service>() {
          @Override
          public void added(Service service) {
            if (wants(service) || service.metadata().finalizers().contains(FINALIZER)) {
              queue.add(ObjectKey.of(service));
            }
          }

          @Override
          public void modified(Service previous, Service service) {
            added(service);
          }

          @Override
          public void deleted(Service last) {
            readyAt.remove(ObjectKey.of(last));
            queue.forget(ObjectKey.of(last));
          }
        });
  }

  /** Whether a service is to have a balancer of this cloud. */
  static boolean wants(Service service) {
    ServiceSpec spec = service.spec();
    return spec != null
        && "LoadBalancer".equals(spec.type())
        && spec.rest().get("loadBalancerClass") == null
        && service.metadata().deletionTimestamp() == Timestamps.NONE;
  }

  private void sync(ObjectKey key, WorkQueue.Done done) {
    Service service = services.get(key);
    if (service == null) {
      done.done(true);
    } else if (!wants(service)) {
      remove(key, service, done);
    } else if (!service.metadata().finalizers().contains(FINALIZER)) {
      recorder.event(
          service, COMPONENT, "Normal", "EnsuringLoadBalancer", "Ensuring load balancer");
      client.patch(
          Kinds.SERVICE,
          key,
          now -> now.withMetadata(Finalizers.with(now.metadata(), FINALIZER)),
          (patched, error) -> done.done(isSettled(error)));
    } else if (ingress(service).isEmpty()) {
      make(key, service, done);
    } else {
      done.done(true);
    }
  }

  private void make(ObjectKey key, Service service, WorkQueue.Done done) {
    long at = readyAt.computeIfAbsent(key, k -> simulation.nanos() + nanosFor(service));
    if (at > simulation.nanos()) {
      queue.addAfter(key, at - simulation.nanos());
      done.done(true);
      return;
    }
    ObjectNode balancer = JsonNodeFactory.instance.objectNode();
    balancer.putArray("ingress").addObject().put("ip", address(service)).put("ipMode", "VIP");
    client.patchStatus(
        Kinds.SERVICE,
        key,
        now -> now.withStatus(with(now.status(), balancer)),
        (patched, error) -> {
          if (error == null && patched != null) {
            readyAt.remove(key);
            made[0]++;
            recorder.event(
                patched, COMPONENT, "Normal", "EnsuredLoadBalancer", "Ensured load balancer");
          }
          done.done(isSettled(error));
        });
  }

  private void remove(ObjectKey key, Service service, WorkQueue.Done done) {
    readyAt.remove(key);
    if (!service.metadata().finalizers().contains(FINALIZER)) {
      done.done(true);
      return;
    }
    recorder.event(service, COMPONENT, "Normal", "DeletingLoadBalancer", "Deleting load balancer");
    client.patchStatus(
        Kinds.SERVICE,
        key,
        now -> now.withStatus(with(now.status(), JsonNodeFactory.instance.objectNode())),
        (emptied, error) -> {
          if (error != null) {
            done.done(isSettled(error));
            return;
          }
          client.patch(
              Kinds.SERVICE,
              key,
              now -> now.withMetadata(Finalizers.without(now.metadata(), FINALIZER)),
              (patched, failure) -> {
                if (failure == null && patched != null) {
                  recorder.event(
                      patched, COMPONENT, "Normal", "DeletedLoadBalancer", "Deleted load balancer");
                }
                done.done(isSettled(failure));
              });
        });
  }

  private static ServiceStatus with(@Nullable ServiceStatus status, ObjectNode balancer) {
    Fields rest = status == null ? Fields.NONE : status.rest();
    return new ServiceStatus(rest.with("loadBalancer", balancer));
  }

  private static String ingress(Service service) {
    ServiceStatus status = service.status();
    JsonNode balancer = status == null ? null : status.rest().get("loadBalancer");
    return balancer == null ? "" : balancer.at("/ingress/0/ip").asText();
  }

  private long nanosFor(Service service) {
    String said = service.metadata().annotations().get(AFTER);
    if (said != null) {
      try {
        return Math.max(0, Durations.parse(said));
      } catch (IllegalArgumentException e) {
        recorder.event(
            service, COMPONENT, "Warning", "InvalidAnnotation", AFTER + ": " + e.getMessage());
      }
    }
    return delay.sampleNanos(random);
  }

  private String address(Service service) {
    ServiceSpec spec = service.spec();
    JsonNode wanted = spec == null ? null : spec.rest().get("loadBalancerIP");
    if (wanted != null && !wanted.asText().isEmpty()) {
      return wanted.asText();
    }
    int address = FIRST + ++addresses;
    return (address >>> 24)
        + "."
        + (address >>> 16 & 255)
        + "."
        + (address >>> 8 & 255)
        + "."
        + (address & 255);
  }

  private static boolean isSettled(@Nullable ApiException error) {
    return error == null || error.reason() == ApiException.Reason.NOT_FOUND;
  }
}
