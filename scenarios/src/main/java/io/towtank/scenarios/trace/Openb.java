package io.towtank.scenarios.trace;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.AffinityBuilder;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.NodeAffinityBuilder;
import io.towtank.api.NodeBuilder;
import io.towtank.api.NodeSelectorBuilder;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTermBuilder;
import io.towtank.api.NodeSpecBuilder;
import io.towtank.api.NodeStatusBuilder;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.manifest.ManifestException;
import io.towtank.scenarios.input.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads the format of Alibaba's cluster-trace-gpu-v2023 ("openb"): a table of nodes and one of
 * pods.
 *
 * <p>A node offers {@code nvidia.com/gpu} for each of its devices and 1000 {@code
 * towtank.io/gpu-milli}. A pod that wants whole devices asks for both; one that wants a share of a
 * device asks for the thousandths alone. So whole devices and shares never exceed together what a
 * node has, but which device a share lies on is not told apart: two shares of 600 leave 800 on a
 * node with two devices, and a third share of 600 is let in although no device has 600 left.
 */
public final class Openb {
  /** Thousandths of GPU devices, as an extended resource. */
  public static final String GPU_MILLI = "towtank.io/gpu-milli";

  /** Whole GPU devices, as NVIDIA's device plugin calls them. */
  public static final String GPU = "nvidia.com/gpu";

  /** The node label that tells the GPU's model, as NVIDIA's feature discovery calls it. */
  public static final String GPU_MODEL_LABEL = "nvidia.com/gpu.product";

  private static final ImmutableSet<String> NODE_COLUMNS =
      ImmutableSet.of("sn", "cpu_milli", "memory_mib", "gpu", "model");
  private static final ImmutableSet<String> POD_COLUMNS =
      ImmutableSet.of(
          "name",
          "cpu_milli",
          "memory_mib",
          "num_gpu",
          "gpu_milli",
          "creation_time",
          "deletion_time");
  private static final ImmutableSet<String> OPTIONAL_POD_COLUMNS =
      ImmutableSet.of("gpu_spec", "qos", "pod_phase", "scheduled_time");

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
  private static final Pattern LABEL_VALUE =
      Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
  private static final long MOST_CPU_MILLI = 1_000_000_000L;
  private static final long MOST_MEMORY_MIB = 1L << 40;
  private static final int MOST_DEVICES = 1_000;
  private static final int PODS_OF_A_NODE = 110;

  private Openb() {}

  /**
   * Reads a table of nodes.
   *
   * @throws ManifestException for the first wrong row
   */
  public static ImmutableList<Node> readNodes(Path file) {
    ImmutableList.Builder<Node> nodes = ImmutableList.builder();
    Map<String, Long> lines = new HashMap<>();
    try (CsvTable table = CsvTable.open(file, NODE_COLUMNS, ImmutableSet.of())) {
      while (table.next()) {
        nodes.add(node(table, uniqueName(table, "sn", lines)));
      }
    }
    if (lines.isEmpty()) {
      throw new InvalidInputException(file, "has no nodes");
    }
    return nodes.build();
  }

  /**
   * Reads a table of pods.
   *
   * @throws ManifestException for the first wrong row
   */
  public static OpenbPods readPods(Path file) {
    Map<String, Long> lines = new HashMap<>();
    Map<Demand, PodTemplate> templates = new HashMap<>();
    List<OpenbPods.Entry> entries = new ArrayList<>();
    try (CsvTable table = CsvTable.open(file, POD_COLUMNS, OPTIONAL_POD_COLUMNS)) {
      while (table.next()) {
        String name = uniqueName(table, "name", lines);
        PodTemplate template = templates.computeIfAbsent(demand(table), Demand::template);
        long arrives = table.secondsAsNanos("creation_time");
        long leaves = table.secondsAsNanos("deletion_time");
        if (leaves < arrives) {
          throw table.problem(
              "deletion_time",
              table.text("deletion_time")
                  + " is before creation_time "
                  + table.text("creation_time"));
        }
        entries.add(new OpenbPods.Entry(name, template, arrives, leaves));
      }
    }
    return OpenbPods.of(entries);
  }

  private static String uniqueName(CsvTable table, String column, Map<String, Long> lines) {
    String name = table.text(column);
    if (!NAME.matcher(name).matches()) {
      throw table.problem(
          column,
          "\""
              + name
              + "\" is no name of an object: lower case letters, digits, '-' and '.', at most 253,"
              + " a letter or digit first and last");
    }
    Long before = lines.putIfAbsent(name, table.line());
    if (before != null) {
      throw table.problem(column, "\"" + name + "\" is the name in line " + before + " too");
    }
    return name;
  }

  private static Node node(CsvTable table, String name) {
    long devices = table.whole("gpu", 0, MOST_DEVICES);
    String model = labelValue(table, "model", table.text("model"));
    if (devices > 0 && model.isEmpty()) {
      throw table.problem("model", "is empty, but the node has " + devices + " GPUs");
    }
    ImmutableMap.Builder<String, Quantity> capacity = ImmutableMap.builder();
    capacity.put("cpu", Quantity.ofMillis(table.whole("cpu_milli", 1, MOST_CPU_MILLI)));
    capacity.put("memory", Quantity.ofBytes(table.whole("memory_mib", 1, MOST_MEMORY_MIB) << 20));
    capacity.put("pods", Quantity.of(PODS_OF_A_NODE));
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    labels.put("kubernetes.io/hostname", name);
    labels.put("kubernetes.io/os", "linux");
    labels.put("kubernetes.io/arch", "amd64");
    if (devices > 0) {
      capacity.put(GPU, Quantity.of(devices));
      capacity.put(GPU_MILLI, Quantity.of(devices * 1000));
      labels.put(GPU_MODEL_LABEL, model);
    }
    ImmutableMap<String, Quantity> resources = capacity.buildOrThrow();
    return NodeBuilder.builder()
        .metadata(ObjectMetaBuilder.builder().name(name).labels(labels.buildOrThrow()).build())
        .spec(NodeSpecBuilder.builder().build())
        .status(NodeStatusBuilder.builder().capacity(resources).allocatable(resources).build())
        .build();
  }

  private static Demand demand(CsvTable table) {
    int devices = (int) table.whole("num_gpu", 0, MOST_DEVICES);
    int milli = (int) table.whole("gpu_milli", 0, 1000);
    if (devices == 0 && milli > 0) {
      throw table.problem("gpu_milli", milli + " of no device: num_gpu is 0");
    }
    if (devices > 0 && milli == 0) {
      throw table.problem("gpu_milli", "0 of " + devices + " devices: 1000 is all of a device");
    }
    if (devices > 1 && milli < 1000) {
      throw table.problem(
          "gpu_milli", milli + ": only a pod with one device may have a share of it (num_gpu 1)");
    }
    ImmutableList.Builder<String> models = ImmutableList.builder();
    if (!table.text("gpu_spec").isEmpty()) {
      for (String model : table.text("gpu_spec").split("\\|", -1)) {
        if (model.isBlank()) {
          throw table.problem("gpu_spec", "there is a GPU type missing; write them as A|B");
        }
        models.add(labelValue(table, "gpu_spec", model.strip()));
      }
    }
    return new Demand(
        table.whole("cpu_milli", 0, MOST_CPU_MILLI),
        table.whole("memory_mib", 0, MOST_MEMORY_MIB),
        devices,
        milli,
        models.build(),
        labelValue(table, "qos", table.text("qos")));
  }

  private static String labelValue(CsvTable table, String column, String text) {
    if (!LABEL_VALUE.matcher(text).matches()) {
      throw table.problem(
          column,
          "\""
              + text
              + "\" is no value of a label: letters, digits, '-', '_' and '.', at most 63, a letter"
              + " or digit first and last");
    }
    return text;
  }

  /** What pods of one kind want; there are far fewer of these than pods. */
  private record Demand(
      long cpuMilli,
      long memoryMib,
      int devices,
      int gpuMilli,
      ImmutableList<String> models,
      String qos) {
    PodTemplate template() {
      ImmutableMap.Builder<String, Quantity> requests = ImmutableMap.builder();
      requests.put("cpu", Quantity.ofMillis(cpuMilli));
      requests.put("memory", Quantity.ofBytes(memoryMib << 20));
      ImmutableMap.Builder<String, Quantity> extended = ImmutableMap.builder();
      if (devices > 0 && gpuMilli == 1000) {
        extended.put(GPU, Quantity.of(devices));
      }
      if (devices > 0) {
        extended.put(GPU_MILLI, Quantity.of((long) devices * gpuMilli));
      }
      // Kubernetes asks that limits of extended resources equal the requests.
      ImmutableMap<String, Quantity> limits = extended.buildOrThrow();
      PodSpecBuilder spec =
          PodSpecBuilder.builder()
              .restartPolicy("Never")
              .containers(
                  ImmutableList.of(
                      ContainerBuilder.builder()
                          .name("main")
                          .image("registry.k8s.io/pause:3.10")
                          .resources(
                              ResourceRequirementsBuilder.builder()
                                  .requests(requests.putAll(limits).buildOrThrow())
                                  .limits(limits)
                                  .build())
                          .build()));
      if (!models.isEmpty()) {
        NodeSelectorRequirement model =
            new NodeSelectorRequirement(GPU_MODEL_LABEL, "In", models, Fields.NONE);
        spec.affinity(
            AffinityBuilder.builder()
                .nodeAffinity(
                    NodeAffinityBuilder.builder()
                        .requiredDuringSchedulingIgnoredDuringExecution(
                            NodeSelectorBuilder.builder()
                                .nodeSelectorTerms(
                                    ImmutableList.of(
                                        NodeSelectorTermBuilder.builder()
                                            .matchExpressions(ImmutableList.of(model))
                                            .build()))
                                .build())
                        .build())
                .build());
      }
      return new PodTemplate(
          qos.isEmpty() ? ImmutableMap.of() : ImmutableMap.of("towtank.io/qos", qos), spec.build());
    }
  }

  /**
   * What pods with the same demand share.
   *
   * @param labels with {@code towtank.io/qos} from the column qos
   */
  public record PodTemplate(ImmutableMap<String, String> labels, PodSpec spec) {}
}
