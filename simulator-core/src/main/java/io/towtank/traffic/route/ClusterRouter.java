package io.towtank.traffic.route;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Service;
import io.towtank.api.ServiceSpec;
import io.towtank.client.Informer;
import io.towtank.client.InformerSource;
import io.towtank.store.WatchListener;
import io.towtank.traffic.Balancing;
import io.towtank.traffic.Dataplane;
import io.towtank.traffic.Route;
import io.towtank.traffic.Router;
import io.towtank.traffic.ServiceDemand;
import io.towtank.traffic.TrafficSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the way of requests by a cluster's Services, Ingresses and Istio's objects. */
public final class ClusterRouter implements Router {
  /** Of whatever version: those of a kind are kept together. */
  static final Kind<GenericObject> VIRTUAL_SERVICE =
      Kinds.generic("networking.istio.io/v1", "VirtualService");

  static final Kind<GenericObject> DESTINATION_RULE =
      Kinds.generic("networking.istio.io/v1", "DestinationRule");

  private static final Kind<GenericObject> INGRESS =
      Kinds.generic("networking.k8s.io/v1", "Ingress");

  private final InformerSource informers;
  private @Nullable Informer<GenericObject> ingresses;
  private @Nullable Informer<GenericObject> virtualServices;
  private @Nullable Informer<GenericObject> destinationRules;
  private @Nullable IngressRules ingressRules;
  private @Nullable MeshRules meshRules;

  /** A router that looks at nothing before somebody wants to be told of changes. */
  public ClusterRouter(InformerSource informers) {
    this.informers = informers;
  }

  @Override
  public void onChange(Runnable listener) {
    ingresses = informer(INGRESS, listener);
    virtualServices = informer(VIRTUAL_SERVICE, listener);
    destinationRules = informer(DESTINATION_RULE, listener);
  }

  private Informer<GenericObject> informer(Kind<GenericObject> kind, Runnable listener) {
    Informer<GenericObject> informer = informers.informer(kind);
    informer.addHandler(
        WatchListener.ofAny(object -> {
          ingressRules = null;
          meshRules = null;
          listener.run();
        }));
    return informer;
  }

  private static ImmutableList<GenericObject> all(@Nullable Informer<GenericObject> informer) {
    List<GenericObject> all = new ArrayList<>();
    if (informer != null) {
      informer.forEach(all::add);
    }
    all.sort(Comparator.comparing(ObjectKey::of));
    return ImmutableList.copyOf(all);
  }

  private IngressRules ingressRules() {
    IngressRules known = ingressRules;
    if (known == null) {
      IngressRules rules = new IngressRules();
      all(ingresses).forEach(rules::add);
      ingressRules = rules;
      known = rules;
    }
    return known;
  }

  private MeshRules meshRules() {
    MeshRules known = meshRules;
    if (known == null) {
      known = new MeshRules(all(virtualServices), all(destinationRules));
      meshRules = known;
    }
    return known;
  }

  @Override
  public Route route(
      ServiceDemand demand, @Nullable Service service, ImmutableMap<String, String> sourceLabels) {
    ObjectKey asked = demand.service();
    if (asked == null) {
      ObjectKey answering = ingressRules().service(demand.host(), demand.path());
      if (answering != null) {
        return to(demand, answering, Dataplane.INGRESS, Dataplane.INGRESS.balancing());
      }
      Route gateway = meshRules().toHost(demand);
      return gateway == null ? Route.NOWHERE : gateway;
    }
    boolean outside = demand.from() instanceof TrafficSource.Outside;
    Route mesh = outside ? null : meshRules().toService(demand, asked, sourceLabels);
    if (mesh != null) {
      return mesh;
    }
    ServiceSpec spec = service == null ? null : service.spec();
    if (spec != null && "None".equals(spec.clusterIP())) {
      return outside ? Route.NOWHERE : to(demand, asked, Dataplane.DNS, Dataplane.DNS.balancing());
    }
    if (outside && spec != null && !isOpen(spec)) {
      return Route.NOWHERE;
    }
    Balancing balancing = demand.balancing();
    return to(
        demand,
        asked,
        demand.proxyMode(),
        balancing == null ? demand.proxyMode().balancing() : balancing);
  }

  /** Whether a service can be reached from outside by itself. */
  private static boolean isOpen(ServiceSpec spec) {
    return "NodePort".equals(spec.type()) || "LoadBalancer".equals(spec.type());
  }

  private static Route to(
      ServiceDemand demand, ObjectKey service, Dataplane plane, Balancing balancing) {
    return new Route(
        ImmutableList.of(Route.Leg.to(service, plane, balancing, demand.timeoutNanos())));
  }
}
