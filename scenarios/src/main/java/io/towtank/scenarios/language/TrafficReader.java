package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ObjectKey;
import io.towtank.latency.Distribution;
import io.towtank.latency.Distributions;
import io.towtank.manifest.Cursor;
import io.towtank.traffic.Balancing;
import io.towtank.traffic.Dataplane;
import io.towtank.traffic.RequestCost;
import io.towtank.traffic.ServiceDemand;
import io.towtank.traffic.ServiceDemandBuilder;
import io.towtank.traffic.TrafficSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code traffic}. */
final class TrafficReader {
  private static final Distribution COST = new Distribution.Constant(1_000_000L);
  private static final int MOST_CLIENTS = 1_000_000;
  private static final int MOST_COPIES = 100_000;

  /** As in manifests: the number of the copy. */
  private static final String COPY = "$(copy)";

  private final CurveReader curves;
  private final References references;

  TrafficReader(ManifestSources sources, References references) {
    this.curves = new CurveReader(sources, "rate", Rate::parsePerSecond);
    this.references = references;
  }

  ImmutableList<ServiceDemand> read(Cursor traffic) {
    ImmutableList.Builder<ServiceDemand> demands = ImmutableList.builder();
    for (Cursor item : traffic.items()) {
      Cursor copies = item.field("copies");
      long count = Values.whole(copies, 1, MOST_COPIES, 1);
      ServiceDemand demand = demand(item, copies.isPresent() ? "0" : null);
      demands.add(demand);
      for (long copy = 1; copy < count; copy++) {
        demands.add(another(item, demand, Long.toString(copy)));
      }
      item.rejectUnknownFields();
    }
    return demands.build();
  }

  /** The same for another copy: all but whom it asks is shared. */
  private ServiceDemand another(Cursor item, ServiceDemand demand, String copy) {
    ServiceDemandBuilder another = ServiceDemandBuilder.builder(demand);
    Cursor name = item.field("service");
    if (!name.isPresent()) {
      return another.host(item.field("host").text("").replace(COPY, copy)).build();
    }
    ObjectKey service = service(item, copy);
    references.service(name, service, demand.from() instanceof TrafficSource.Outside);
    return another.service(service).build();
  }

  private static ObjectKey service(Cursor item, @Nullable String copy) {
    String namespace = item.field("namespace").text("default");
    String name = item.field("service").text("");
    return new ObjectKey(
        copy == null ? namespace : namespace.replace(COPY, copy),
        copy == null ? name : name.replace(COPY, copy));
  }

  /**
   * Reads a demand.
   *
   * @param copy what stands for the number of the copy; null where there are no copies
   */
  private ServiceDemand demand(Cursor item, @Nullable String copy) {
    String namespace = item.field("namespace").text("default");
    Cursor name = item.field("service");
    Cursor host = item.field("host");
    TrafficSource from = source(item.field("from"), namespace);
    Values.oneOf(item, "service", "host");
    ObjectKey service = name.isPresent() ? service(item, copy) : null;
    if (service != null) {
      references.service(name, service, from instanceof TrafficSource.Outside);
    } else if (host.isPresent() && !(from instanceof TrafficSource.Outside)) {
      from = new TrafficSource.Outside();
      if (item.field("from").isPresent()) {
        item.field("from")
            .problem("a host is asked from outside; from within, name the service", null);
      }
    }
    Cursor mode = item.field("proxyMode");
    Dataplane proxyMode = Values.parsed(mode, TrafficReader::proxyMode, Dataplane.IPTABLES);
    Cursor scheduler = item.field("ipvsScheduler");
    Balancing balancing = Values.parsed(scheduler, TrafficReader::scheduler);
    if (scheduler.isPresent() && proxyMode != Dataplane.IPVS) {
      scheduler.problem("only the proxyMode ipvs has schedulers", null);
    }
    return new ServiceDemand(
        service,
        service == null ? copy == null ? host.text("") : host.text("").replace(COPY, copy) : "",
        item.field("path").text("/"),
        Values.textsByName(item.field("headers")),
        from,
        curves.read(item),
        RequestCost.of(Values.parsed(item.field("cpuPerRequest"), Distributions::parse, COST)),
        proxyMode,
        balancing,
        Values.duration(item.field("timeout"), ServiceDemand.DEFAULT_TIMEOUT_NANOS),
        Values.whole(item.field("queueLimit"), 0, Long.MAX_VALUE, Long.MAX_VALUE),
        (int) Values.whole(item.field("clients"), 1, MOST_CLIENTS, ServiceDemand.DEFAULT_CLIENTS));
  }

  private static Dataplane proxyMode(String text) {
    for (Dataplane mode : Dataplane.PROXY_MODES) {
      if (mode.toString().equals(text)) {
        return mode;
      }
    }
    List<String> names = Dataplane.PROXY_MODES.stream().map(Dataplane::toString).toList();
    throw new IllegalArgumentException(
        "\"" + text + "\" is no proxy mode: there are " + String.join(", ", names));
  }

  private static Balancing scheduler(String text) {
    Balancing found = Balancing.IPVS_SCHEDULERS.get(text);
    if (found == null) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is no scheduler of IPVS that is simulated: there are "
              + String.join(", ", Balancing.IPVS_SCHEDULERS.keySet()));
    }
    return found;
  }

  private TrafficSource source(Cursor from, String namespace) {
    if (!from.isPresent()) {
      return TrafficSource.EVERYWHERE;
    }
    if (from.node().isTextual()) {
      return from.word(ImmutableList.of("nodes", "outside"), "nodes").equals("outside")
          ? new TrafficSource.Outside()
          : TrafficSource.EVERYWHERE;
    }
    String kind = Values.oneOf(from, "zone", "node", "pods");
    TrafficSource source = TrafficSource.EVERYWHERE;
    if (kind != null) {
      Cursor here = from.field(kind);
      switch (kind) {
        case "zone" -> {
          references.zone(here, here.text(""));
          source = new TrafficSource.Zone(here.text(""));
        }
        case "node" -> {
          references.node(here, here.text(""));
          source = new TrafficSource.Node(here.text(""));
        }
        default ->
            source =
                new TrafficSource.Pods(
                    from.field("namespace").text(namespace), Values.textsByName(here));
      }
    }
    from.field("namespace");
    from.rejectUnknownFields();
    return source;
  }
}
