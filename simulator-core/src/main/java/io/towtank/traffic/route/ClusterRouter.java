package io.towtank.traffic.route;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.GenericObject;
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
  private static final ImmutableList<String> ISTIO =
      ImmutableList.of(
          "networking.istio.io/v1", "networking.istio.io/v1beta1", "networking.istio.io/v1alpha3");

  private final InformerSource informers;
  private final List<Informer<GenericObject>> ingresses = new ArrayList<>();
  private final List<Informer<GenericObject>> virtualServices = new ArrayList<>();
  private final List<Informer<GenericObject>> destinationRules = new ArrayList<>();
  private @Nullable IngressRules ingressRules;
  private @Nullable MeshRules meshRules;

  /** A router that looks at nothing before somebody wants to be told of changes. */
  public ClusterRouter(InformerSource informers) {
    this.informers = informers;
  }

  @Override
  public void onChange(Runnable listener) {
    ingresses.add(informer("networking.k8s.io/v1", "Ingress", listener));
    for (String version : ISTIO) {
      virtualServices.add(informer(version, "VirtualService", listener));
      destinationRules.add(informer(version, "DestinationRule", listener));
    }
  }

  @SuppressWarnings("unchecked") // None of these kinds is interpreted.
  private Informer<GenericObject> informer(String version, String name, Runnable listener) {
    Informer<GenericObject> informer = informers.informer(Kinds.generic(version, name));
    informer.addHandler(
        new WatchListener<GenericObject>() {
          @Override
          public void added(GenericObject object) {
            changed();
          }

          @Override
          public void modified(GenericObject previous, GenericObject object) {
            changed();
          }

          @Override
          public void deleted(GenericObject last) {
            changed();
          }

          private void changed() {
            ingressRules = null;
            meshRules = null;
            listener.run();
          }
        });
    return informer;
  }

  private static ImmutableList<GenericObject> all(List<Informer<GenericObject>> informers) {
    List<GenericObject> all = new ArrayList<>();
    informers.forEach(informer -> informer.forEach(all::add));
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
