package io.towtank.scenarios.trace;

import com.google.common.collect.ImmutableList;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.output.WholeFile;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;

/**
 * Makes a trace in the openb format: {@code nodes.csv} and {@code pods.csv.gz}.
 *
 * <p>What is drawn, each from its own random stream, so that the same seed gives the same trace and
 * more pods leave the nodes as they are:
 *
 * <ul>
 *   <li>Nodes: one of {@link #NODES}, by weight.
 *   <li>Demands: one of {@link #DEMANDS}, by weight. A share of a device is uniform from 100 to 900
 *       thousandths in steps of 50. One GPU pod in ten accepts only one or two GPU types.
 *   <li>Arrivals: a Poisson process whose rate follows the day, 1 + 0.6 sin, highest at 15:00, and
 *       is half as high on days 6 and 7 of each week; it is scaled so that exactly so many pods
 *       arrive as are asked for.
 *   <li>Lifetimes: log-normal with median one hour and sigma 1.5, from 10 seconds to 30 days; a pod
 *       that outlives the trace leaves at its end.
 * </ul>
 */
public final class TraceGenerator {
  /** A kind of node: {@code weight} is in thousandths. */
  private record NodeClass(int weight, int cpuMilli, int memoryMib, int gpus, String model) {}

  /** A kind of pod; {@code gpuMilli} 0 with a device stands for a share that is drawn. */
  private record DemandClass(int weight, int cpuMilli, int memoryMib, int gpus, int gpuMilli) {}

  private static final ImmutableList<NodeClass> NODES =
      ImmutableList.of(
          new NodeClass(200, 96_000, 393_216, 0, ""),
          new NodeClass(300, 96_000, 393_216, 8, "A100"),
          new NodeClass(250, 104_000, 524_288, 2, "T4"),
          new NodeClass(150, 64_000, 262_144, 4, "V100"),
          new NodeClass(100, 32_000, 131_072, 1, "L4"));

  private static final ImmutableList<DemandClass> DEMANDS =
      ImmutableList.of(
          new DemandClass(60, 2_000, 4_096, 0, 0),
          new DemandClass(50, 4_000, 16_384, 0, 0),
          new DemandClass(20, 16_000, 65_536, 0, 0),
          new DemandClass(380, 4_000, 12_288, 1, 0),
          new DemandClass(280, 8_000, 30_720, 1, 1000),
          new DemandClass(190, 12_000, 49_152, 1, 1000),
          new DemandClass(10, 16_000, 98_304, 2, 1000),
          new DemandClass(6, 32_000, 196_608, 4, 1000),
          new DemandClass(4, 88_000, 327_680, 8, 1000));

  private static final int DAY_SECONDS = 86_400;
  private static final int STEPS_A_DAY = 96;
  private static final double LIFETIME_MEDIAN_SECONDS = 3600;
  private static final double LIFETIME_SIGMA = 1.5;

  private final Simulation streams;
  private final int nodes;
  private final int pods;
  private final int days;

  /** A trace of so many nodes and pods over so many days. */
  public TraceGenerator(long seed, int nodes, int pods, int days) {
    this.streams = new Simulation(seed, 0);
    this.nodes = nodes;
    this.pods = pods;
    this.days = days;
  }

  /** Writes both files into a directory, which is made if need be. */
  public void writeTo(Path directory) throws IOException {
    try {
      Files.createDirectories(directory);
    } catch (FileAlreadyExistsException e) {
      throw new InvalidInputException(directory, "is a file, and a directory is wanted");
    } catch (FileSystemException e) {
      throw new InvalidInputException(directory, "this directory cannot be made");
    }
    try (WholeFile nodeFile = WholeFile.begin(directory.resolve("nodes.csv"));
        WholeFile podFile = WholeFile.begin(directory.resolve("pods.csv.gz"))) {
      try (PrintWriter out =
          new PrintWriter(new OutputStreamWriter(nodeFile.stream(), StandardCharsets.UTF_8))) {
        writeNodes(out);
      }
      nodeFile.complete();
      try (PrintWriter out =
          new PrintWriter(
              new OutputStreamWriter(
                  new GZIPOutputStream(podFile.stream()), StandardCharsets.UTF_8))) {
        writePods(out);
      }
      podFile.complete();
    }
  }

  private void writeNodes(PrintWriter out) {
    RandomStream random = streams.random("trace/nodes");
    out.print("sn,cpu_milli,memory_mib,gpu,model\n");
    for (int i = 0; i < nodes; i++) {
      NodeClass node =
          NODES.get(pick(random, NODES.stream().mapToInt(NodeClass::weight).toArray()));
      out.printf(
          Locale.ROOT,
          "node-%05d,%d,%d,%d,%s\n",
          i,
          node.cpuMilli,
          node.memoryMib,
          node.gpus,
          node.model);
    }
  }

  private void writePods(PrintWriter out) {
    int[] weights = DEMANDS.stream().mapToInt(DemandClass::weight).toArray();
    RandomStream demands = streams.random("trace/demands");
    RandomStream lifetimes = streams.random("trace/lifetimes");
    long[] arrivals = arrivalSeconds(streams.random("trace/arrivals"));
    long end = (long) days * DAY_SECONDS;
    out.print(
        "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
            + "deletion_time,scheduled_time\n");
    for (int i = 0; i < pods; i++) {
      DemandClass demand = DEMANDS.get(pick(demands, weights));
      int milli =
          demand.gpus == 1 && demand.gpuMilli == 0
              ? 100 + 50 * demands.nextInt(17)
              : demand.gpuMilli;
      String models = demand.gpus > 0 && demands.nextInt(10) == 0 ? models(demands, demand) : "";
      String qos = demands.nextInt(100) < 60 ? "LS" : "BE";
      double lifetime =
          LIFETIME_MEDIAN_SECONDS * Math.exp(LIFETIME_SIGMA * lifetimes.nextGaussian());
      long leaves =
          Math.min(end, arrivals[i] + Math.round(Math.clamp(lifetime, 10, 30.0 * DAY_SECONDS)));
      out.printf(
          Locale.ROOT,
          "pod-%06d,%d,%d,%d,%d,%s,%s,%s,%d,%d,%d\n",
          i,
          demand.cpuMilli,
          demand.memoryMib,
          demand.gpus,
          milli,
          models,
          qos,
          leaves == end ? "Running" : "Succeeded",
          arrivals[i],
          leaves,
          arrivals[i]);
    }
  }

  /** One or two models of nodes with enough devices. */
  private static String models(RandomGenerator random, DemandClass demand) {
    ImmutableList<String> fitting =
        NODES.stream()
            .filter(node -> node.gpus >= demand.gpus)
            .map(NodeClass::model)
            .collect(ImmutableList.toImmutableList());
    int first = random.nextInt(fitting.size());
    int second = random.nextInt(fitting.size());
    return first == second
        ? fitting.get(first)
        : fitting.get(Math.min(first, second)) + "|" + fitting.get(Math.max(first, second));
  }

  /** Times of arrival in ascending order: the inverse of the summed rate at uniform points. */
  private long[] arrivalSeconds(RandomGenerator random) {
    int steps = days * STEPS_A_DAY;
    double[] summed = new double[steps + 1];
    for (int i = 0; i < steps; i++) {
      int day = i / STEPS_A_DAY;
      double hour = 24.0 * (i % STEPS_A_DAY) / STEPS_A_DAY;
      double rate = (1 + 0.6 * Math.sin((hour - 9) / 24 * 2 * Math.PI)) * (day % 7 < 5 ? 1 : 0.5);
      summed[i + 1] = summed[i] + rate;
    }
    long[] seconds = new long[pods];
    double stepSeconds = (double) DAY_SECONDS / STEPS_A_DAY;
    for (int i = 0; i < pods; i++) {
      double point = random.nextDouble() * summed[steps];
      int found = Arrays.binarySearch(summed, point);
      int step = Math.min(steps - 1, found >= 0 ? found : -found - 2);
      double within = (point - summed[step]) / (summed[step + 1] - summed[step]);
      seconds[i] = (long) ((step + within) * stepSeconds);
    }
    Arrays.sort(seconds);
    return seconds;
  }

  private static int pick(RandomGenerator random, int[] weights) {
    int point = random.nextInt(Arrays.stream(weights).sum());
    int index = 0;
    while (point >= weights[index]) {
      point -= weights[index++];
    }
    return index;
  }
}
