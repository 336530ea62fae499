package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Fields;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatus;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.Taint;
import io.towtank.api.TaintBuilder;
import io.towtank.api.Timestamps;
import io.towtank.autoscaler.NodeGroup;
import io.towtank.manifest.Cursor;
import io.towtank.manifest.ManifestDocument;
import io.towtank.node.NodePool;
import io.towtank.node.NodeReservation;
import io.towtank.scenarios.trace.Openb;
import io.towtank.scenarios.trace.TraceFormat;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code cluster}: pools of equal nodes, and nodes from files. */
final class ClusterReader {
  static final int MOST_NODES = 10_000_000;
  private static final int MOST_ZONES = 1000;
  private static final ImmutableSet<String> EFFECTS =
      ImmutableSet.of("NoSchedule", "PreferNoSchedule", "NoExecute");
  private static final Pattern POOL_NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,98}[a-z0-9])?");

  private final ManifestSources sources;
  private final @Nullable NodeReservation reservation;

  /**
   * A reader.
   *
   * @param reservation what nodes keep from pods; null for nothing
   */
  ClusterReader(ManifestSources sources, @Nullable NodeReservation reservation) {
    this.sources = sources;
    this.reservation = reservation;
  }

  Cluster read(Cursor cluster) {
    ImmutableList.Builder<Cluster.Pool> pools = ImmutableList.builder();
    Set<String> names = new HashSet<>();
    for (Cursor pool : cluster.field("nodePools").items()) {
      Cluster.Pool read = pool(pool);
      if (!names.add(read.name())) {
        pool.problem("there is another pool of the name \"" + read.name() + "\"", null);
      }
      pools.add(read);
    }
    ImmutableList.Builder<Node> nodes = ImmutableList.builder();
    for (Cursor item : cluster.field("nodesFrom").items()) {
      nodes.addAll(nodes(item));
    }
    cluster.rejectUnknownFields();
    return new Cluster(pools.build(), nodes.build());
  }

  private static Node withCapacity(ImmutableMap<String, Quantity> capacity) {
    return NodePool.template(capacity, ImmutableMap.of());
  }

  /** A node that says what it offers to pods. */
  private Node offering(Node node) {
    NodeStatus status = node.status();
    ImmutableMap<String, Quantity> capacity = status.capacity();
    return !status.allocatable().isEmpty()
        ? node
        : node.withStatus(
            NodeStatusBuilder.builder(status)
                .allocatable(reservation == null ? capacity : reservation.allocatable(capacity))
                .build());
  }

  private Cluster.Pool pool(Cursor pool) {
    String name = pool.field("name").text(Cluster.DEFAULT_POOL);
    if (!POOL_NAME.matcher(name).matches()) {
      pool.field("name")
          .problem(
              "\"" + name + "\" cannot begin names of nodes",
              "lower case letters, digits and '-', at most 100");
    }
    int count = (int) Values.whole(pool.required("count"), 0, MOST_NODES, 0);
    ImmutableList<String> zones = zones(pool.field("zones"));
    Cursor template = pool.field("template");
    Node node =
        !template.isPresent()
            ? withCapacity(NodePool.DEFAULT_TEMPLATE.status().capacity())
            : template.node().isTextual() ? sources.nodeTemplate(template) : template(template);
    ImmutableList<Pod> staticPods = staticPods(pool.field("staticPods"));
    NodeGroup group = AutoscalerReader.group(pool.field("autoscaling"), name, count);
    pool.rejectUnknownFields();
    return new Cluster.Pool(
        name, new NodePool(name + "-", 0, count, zones, offering(node)), staticPods, group);
  }

  private ImmutableList<Pod> staticPods(Cursor field) {
    ImmutableList.Builder<Pod> pods = ImmutableList.builder();
    for (ManifestDocument document : sources.applied(field)) {
      if (document.object() instanceof Pod pod) {
        pods.add(pod);
      } else {
        field.problem(
            "holds a " + document.object().kind().name() + ": nodes run only pods by themselves",
            "other objects belong under manifests");
        break;
      }
    }
    return pods.build();
  }

  private static ImmutableList<String> zones(Cursor zones) {
    if (!zones.isPresent()) {
      return NodePool.DEFAULT_ZONES;
    }
    if (!zones.node().isNumber()) {
      return Values.texts(zones);
    }
    ImmutableList.Builder<String> names = ImmutableList.builder();
    long count = Values.whole(zones, 0, MOST_ZONES, 0);
    for (int i = 0; i < count; i++) {
      names.add("zone-" + i);
    }
    return names.build();
  }

  private static Node template(Cursor template) {
    ImmutableMap<String, Quantity> capacity =
        ImmutableMap.<String, Quantity>builder()
            .putAll(NodePool.DEFAULT_TEMPLATE.status().capacity())
            .putAll(quantities(template.field("capacity")))
            .buildKeepingLast();
    ImmutableMap<String, Quantity> allocatable = quantities(template.field("allocatable"));
    ImmutableList.Builder<Taint> taints = ImmutableList.builder();
    for (Cursor taint : template.field("taints").items()) {
      taints.add(taint(taint));
    }
    Node node =
        NodeBuilder.builder()
            .metadata(
                ObjectMetaBuilder.builder()
                    .labels(Values.textsByName(template.field("labels")))
                    .annotations(annotations(template.field("annotations")))
                    .build())
            .spec(NodeSpecBuilder.builder().taints(taints.build()).build())
            .status(NodeStatusBuilder.builder().capacity(capacity).allocatable(allocatable).build())
            .rest(Fields.NONE)
            .build();
    template.rejectUnknownFields();
    return node;
  }

  private static ImmutableMap<String, String> annotations(Cursor field) {
    field
        .entries()
        .forEach((name, value) -> {
          String problem = NodePool.problem(name, value.node().asText());
          if (problem != null) {
            value.problem(problem, null);
          }
        });
    return Values.textsByName(field);
  }

  private static ImmutableMap<String, Quantity> quantities(Cursor amounts) {
    ImmutableMap.Builder<String, Quantity> quantities = ImmutableMap.builder();
    for (Map.Entry<String, Cursor> amount : amounts.entries().entrySet()) {
      Quantity quantity = Values.parsed(amount.getValue(), ClusterReader::quantity, Quantity.of(0));
      quantities.put(amount.getKey(), quantity);
    }
    return quantities.buildOrThrow();
  }

  static Quantity quantity(String text) {
    Quantity quantity = Quantity.parse(text);
    if (quantity.compareTo(Quantity.of(0)) < 0) {
      throw new IllegalArgumentException(text + " is less than 0");
    }
    return quantity;
  }

  private static Taint taint(Cursor taint) {
    String value = taint.field("value").text("");
    Taint read =
        TaintBuilder.builder()
            .key(taint.required("key").text(""))
            .value(value.isEmpty() ? null : value)
            .effect(taint.required("effect").word(EFFECTS, "NoSchedule"))
            .timeAdded(Timestamps.NONE)
            .build();
    taint.rejectUnknownFields();
    return read;
  }

  private ImmutableList<Node> nodes(Cursor item) {
    if (!item.node().isTextual()) {
      Values.parsed(item.required("format"), TraceFormat::parse, TraceFormat.OPENB);
      Path file = sources.file(item.required("file"));
      item.rejectUnknownFields();
      return file == null ? ImmutableList.of() : sources.table(() -> Openb.readNodes(file));
    }
    ImmutableList.Builder<Node> nodes = ImmutableList.builder();
    for (ManifestDocument document : sources.files(item)) {
      KubeObject object = document.object();
      if (object instanceof Node node) {
        nodes.add(reservation == null ? node : offering(node));
      } else {
        item.problem(
            "holds a " + object.kind().name() + " (\"" + object.name() + "\") beside nodes",
            "other objects belong under manifests");
        break;
      }
    }
    return nodes.build();
  }
}
