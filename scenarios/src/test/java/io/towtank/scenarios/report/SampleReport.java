package io.towtank.scenarios.report;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.primitives.ImmutableDoubleArray;
import com.google.common.primitives.ImmutableLongArray;
import io.towtank.api.ObjectKey;
import io.towtank.autoscaler.CloudProvider;
import io.towtank.autoscaler.NodeGroup;
import io.towtank.autoscaler.ScalingDecision;
import io.towtank.controllers.podautoscaler.ReplicaDecision;
import io.towtank.controllers.verticalpodautoscaler.Recommended;
import io.towtank.latency.Distribution;
import io.towtank.scenarios.observe.ArrivalsOutcome;
import io.towtank.scenarios.observe.HorizontalScaling;
import io.towtank.scenarios.observe.Rollout;
import io.towtank.scenarios.observe.Tally;
import io.towtank.scenarios.report.ReportData.Counter;
import io.towtank.scenarios.report.ReportData.Happening;
import io.towtank.scenarios.report.ReportData.NodeCell;
import io.towtank.scenarios.report.ReportData.Outcome;
import io.towtank.scenarios.report.ReportData.Reason;
import io.towtank.scenarios.run.FaultSpan;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scheduler.SamplingComparison;
import io.towtank.traffic.TrafficResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/**
 * A report with something of everything, as a run might have it that comes up, rolls out, and loses
 * a zone. To look at one: {@code main}, with a file and a number of nodes.
 */
final class SampleReport {
  private static final long SECOND = 1_000_000_000L;
  private static final int SAMPLES = 1500;
  private static final long DURATION = 900 * SECOND;

  private SampleReport() {}

  public static void main(String[] args) throws IOException {
    Report.write(
        of("First look: come up, roll out, lose a zone", Integer.parseInt(args[1])),
        Path.of(args[0]));
  }

  static ReportData of(String title, int nodeCount) {
    SplittableRandom random = new SplittableRandom(1);
    int pods = nodeCount * 30;
    return new ReportData(
        title,
        "Nodes come up, roll out an update, and lose a zone.",
        "5f0c9d1e7a3b42c8",
        42,
        1_767_225_600L * SECOND,
        DURATION,
        6_420_000_000L,
        4_812_345,
        ImmutableList.of("default-scheduler scored all nodes that fit a pod"),
        ImmutableMap.of(
            "created",
            2L * pods,
            "running",
            (long) pods,
            "pending",
            17L,
            "failed",
            12L,
            "deleted",
            (long) pods),
        series(pods),
        ImmutableList.of(
            latency("created to scheduled", random, 0.8, 1.1, pods),
            latency("created to started", random, 3.1, 0.6, pods),
            latency("created to ready", random, 4.6, 0.5, pods)),
        nodes(random, nodeCount),
        ImmutableList.of(
            new Happening(0, "apply 1,000 Deployments"),
            new Happening(300 * SECOND, "set image web=web:2 on all Deployments"),
            new Happening(600 * SECOND, "fail " + nodeCount / 3 + " nodes of zone-1"),
            new Happening(780 * SECOND, "restore zone-1")),
        ImmutableList.of(
            new FaultSpan(
                600 * SECOND, 780 * SECOND, "zone outage", "fail " + nodeCount / 3 + " nodes"),
            new FaultSpan(700 * SECOND, 1000 * SECOND, "", "slow disks by 5 of 3 nodes")),
        ImmutableList.of(
            rollout("shop", Rollout.Outcome.COMPLETE, 300),
            rollout("news", Rollout.Outcome.FAILED, 320)),
        ImmutableList.of(new Tally("OOMKilled", 41), new Tally("Error, exit code 1", 12)),
        ImmutableList.of(new Tally("DeletionByTaintManager", 1242)),
        ImmutableList.of(
            new Counter("default-scheduler", "attempts", 412_345),
            new Counter("default-scheduler", "bound", 300_012),
            new Counter("deployment-controller", "replicaSetsCreated", 2000),
            new Counter("deployment-controller", "reconciles", 48_211),
            new Counter("replicaset-controller", "podsCreated", 300_012),
            new Counter("replicaset-controller", "podsDeleted", 150_000)),
        arrivals("nvidia.com/gpu"),
        ImmutableList.of(
            new SamplingComparison(
                "default-scheduler",
                false,
                500_000,
                5_000_000,
                384_000,
                ImmutableSortedMap.of(0L, 800L, 7L, 190L, 41L, 10L),
                12)),
        ImmutableList.of(
            new Reason("Insufficient cpu", 8123),
            new Reason("node(s) had untolerated taint {node.kubernetes.io/unreachable: }", 1667),
            new Reason("node(s) didn't match Pod's node affinity/selector", 34)),
        ImmutableList.of(
            new Outcome("pods.running == 150000", true, ""),
            new Outcome("startup.p99 <= 30s", true, "12.3 s"),
            new Outcome("pods.failed == 0", false, "12")),
        ImmutableList.of(traffic("default/shop")),
        scaling("small"),
        ReportData.Explanations.NONE);
  }

  /** An autoscaler that went up and down, and two pools of nodes. */
  static ReportData.Scaling scaling(String name) {
    HorizontalScaling replicas = new HorizontalScaling();
    int[] course = {4, 4, 8, 16, 16, 12, 12};
    for (int i = 1; i < course.length; i++) {
      replicas.accept(
          new ReplicaDecision(
              120L * i * SECOND,
              new ObjectKey("default", "shop"),
              "Deployment/shop",
              course[i - 1],
              ImmutableList.of(
                  new ReplicaDecision.Metric("Resource", name, true, 98, 50, course[i], "")),
              course[i] + 1,
              course[i],
              "cpu resource utilization (percentage of request) above target",
              course[i] == 12 ? "ScaleDownStabilized" : "",
              course[i] == 8 ? "ScaleUpLimit" : "",
              ""));
    }
    NodeGroup small = new NodeGroup(name, 1, 10, 0.2, new Distribution.Constant(0), 10);
    NodeGroup big = new NodeGroup("big", 0, 5, 1.1, new Distribution.Constant(0), 5);
    return new ReportData.Scaling(
        replicas.autoscalers(),
        new RunSummary.NodeGroups(
            ImmutableList.of(
                new CloudProvider.Use(small, 4, 3, 0, 0, 2.5, 4),
                new CloudProvider.Use(big, 0, 1, 1, 1, 0.5, 2)),
            ImmutableList.of(
                new CloudProvider.Size(0, small, 1, 1),
                new CloudProvider.Size(60 * SECOND, small, 4, 1),
                new CloudProvider.Size(180 * SECOND, small, 4, 4),
                new CloudProvider.Size(180 * SECOND, big, 1, 1),
                new CloudProvider.Size(600 * SECOND, big, 0, 0)),
            ImmutableList.of(
                new ScalingDecision.ScaleUp(
                    60 * SECOND,
                    small,
                    1,
                    4,
                    12,
                    ImmutableList.of(
                        new ScalingDecision.Considered("small", 3, 12, 0.05, 0.5, 0.6),
                        new ScalingDecision.Considered("big", 1, 12, 0.3, 0.8, 1.1))),
                new ScalingDecision.ScaleDown(
                    600 * SECOND, big, "big-00000", 0.21, 600 * SECOND, 2),
                new ScalingDecision.Failure(700 * SECOND, big, "a machine did not come"))),
        recommendations(name));
  }

  /** One that saves much, one whose pods request too little, and one without pods. */
  private static ImmutableList<Recommended> recommendations(String name) {
    return ImmutableList.of(
        recommended("news", name, 4, 400, 250, 4 * 300, 262 << 20),
        recommended("shop", name, 12, 24_000, 163, 12 * 1024, 262 << 20),
        recommended("without-pods", name, 0, 0, 25, 0, 250 << 20));
  }

  private static Recommended recommended(
      String autoscaler,
      String container,
      int pods,
      long milliCpu,
      long milliCpuTarget,
      long mebibytes,
      long bytesTarget) {
    return new Recommended(
        new ObjectKey("default", autoscaler),
        container,
        pods,
        ImmutableMap.of(
            "cpu",
            new Recommended.Amounts(
                milliCpu, milliCpuTarget, milliCpuTarget / 2, milliCpuTarget * 20),
            "memory",
            new Recommended.Amounts(
                (mebibytes << 20) * 1000,
                bytesTarget * 1000,
                bytesTarget * 500,
                bytesTarget * 100_000)));
  }

  /** Pods of which some waited, and some found no device. */
  static ArrivalsOutcome arrivals(String resource) {
    return new ArrivalsOutcome(
        1500,
        1460,
        212,
        40,
        345 * SECOND,
        ImmutableList.of(
            new Tally("0/10 nodes are available: 10 Insufficient " + resource + ".", 31),
            new Tally("0/10 nodes are available: 10 Insufficient memory.", 9)),
        ImmutableList.of(
            new ArrivalsOutcome.Devices(resource, 450 * SECOND, 68, 80, 9, 6),
            new ArrivalsOutcome.Devices("example.com/fpga", 30 * SECOND, 4, 4, 2, 0)));
  }

  private static Rollout rollout(String name, Rollout.Outcome outcome, long fromSeconds) {
    ImmutableList.Builder<Rollout.Step> steps = ImmutableList.builder();
    int until = outcome == Rollout.Outcome.COMPLETE ? 10 : 3;
    for (int i = 0; i <= until; i++) {
      steps.add(new Rollout.Step((fromSeconds + 3L * i) * SECOND, i == until ? 10 : 12, i, 9));
    }
    return new Rollout(
        "Deployment",
        "default",
        name,
        "2",
        true,
        fromSeconds * SECOND,
        (fromSeconds + 40) * SECOND,
        outcome,
        outcome == Rollout.Outcome.FAILED,
        10,
        8,
        13,
        steps.build());
  }

  /** A service that is asked more and more, until its pods cannot go on. */
  static TrafficResult traffic(String service) {
    double[][] columns = new double[5][60];
    for (int i = 0; i < 60; i++) {
      columns[0][i] = 100 + 10 * i;
      columns[1][i] = Math.max(0, columns[0][i] - 500);
      columns[2][i] = i < 40 ? 0.02e9 : 1e9;
      columns[3][i] = 2 * columns[2][i];
      columns[4][i] = 4 * columns[2][i];
    }
    return new TrafficResult(
        service,
        237_000,
        220_000,
        1000,
        2000,
        3000,
        11_000,
        0,
        0.4,
        ImmutableDoubleArray.of(0.02e9, 1.2e9, 3.9e9),
        ImmutableMap.of("v1", 177_750L, "v2", 59_250L),
        15 * SECOND,
        ImmutableDoubleArray.copyOf(columns[0]),
        ImmutableDoubleArray.copyOf(columns[1]),
        ImmutableList.of(
            ImmutableDoubleArray.copyOf(columns[2]),
            ImmutableDoubleArray.copyOf(columns[3]),
            ImmutableDoubleArray.copyOf(columns[4])));
  }

  private static TimeSeries series(int pods) {
    long[] nanos = new long[SAMPLES];
    double[] running = new double[SAMPLES];
    double[] pending = new double[SAMPLES];
    double[] failed = new double[SAMPLES];
    double[] ready = new double[SAMPLES];
    double[] notReady = new double[SAMPLES];
    double[] podsReady = new double[SAMPLES];
    double[] cpu = new double[SAMPLES];
    double[] cpuSpread = new double[SAMPLES];
    double[] memory = new double[SAMPLES];
    double[] memorySpread = new double[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      double t = (double) DURATION / SECOND * i / (SAMPLES - 1);
      nanos[i] = (long) (t * SECOND);
      double up = 1 - Math.exp(-t / 40);
      double rollout =
          t < 300 ? 0 : Math.max(0, 0.2 * Math.sin(Math.min(1, (t - 300) / 150) * Math.PI));
      double lost = t < 650 ? 0 : t < 780 ? 0.12 * Math.exp(-(t - 650) / 60) : 0;
      running[i] = Math.floor(pods * up * (1 - lost));
      pending[i] = Math.floor(pods * (Math.exp(-t / 25) * (1 - up) + rollout + lost));
      notReady[i] = t < 650 || t > 780 ? 0 : pods / 90;
      ready[i] = pods / 30.0 - notReady[i];
      podsReady[i] = Math.floor(running[i] * (notReady[i] > 0 ? 0.7 : 0.98));
      failed[i] = t < 650 ? 0 : 12;
      cpu[i] = 0.68 * running[i] / pods;
      cpuSpread[i] = 0.02 + 0.11 * rollout + 0.2 * lost;
      memory[i] = 0.41 * running[i] / pods;
      memorySpread[i] = 0.05 + 0.1 * lost;
    }
    return new TimeSeries(
        ImmutableLongArray.copyOf(nanos),
        ImmutableList.of(
            new TimeSeries.Line("Pending", ImmutableDoubleArray.copyOf(pending)),
            new TimeSeries.Line("Running", ImmutableDoubleArray.copyOf(running)),
            new TimeSeries.Line("Failed", ImmutableDoubleArray.copyOf(failed)),
            new TimeSeries.Line("Ready", ImmutableDoubleArray.copyOf(podsReady))),
        ImmutableList.of(
            new TimeSeries.Line("Ready", ImmutableDoubleArray.copyOf(ready)),
            new TimeSeries.Line("Not ready", ImmutableDoubleArray.copyOf(notReady))),
        ImmutableList.of(
            new TimeSeries.Utilization(
                "cpu", ImmutableDoubleArray.copyOf(cpu), ImmutableDoubleArray.copyOf(cpuSpread)),
            new TimeSeries.Utilization(
                "memory",
                ImmutableDoubleArray.copyOf(memory),
                ImmutableDoubleArray.copyOf(memorySpread))));
  }

  private static LatencyDistribution latency(
      String name, SplittableRandom random, double median, double sigma, int count) {
    Histogram histogram = new Histogram(3);
    for (int i = 0; i < Math.min(count, 20_000); i++) {
      histogram.recordValue((long) (median * SECOND * Math.exp(sigma * random.nextGaussian())));
    }
    return LatencyDistribution.of(name, histogram);
  }

  private static ImmutableList<NodeCell> nodes(SplittableRandom random, int count) {
    ImmutableList.Builder<NodeCell> nodes = ImmutableList.builder();
    for (int zone = 0; zone < 3; zone++) {
      for (int i = zone; i < count; i += 3) {
        double cpu = Math.clamp(0.68 + 0.09 * random.nextGaussian(), 0, 1);
        boolean ready = !(zone == 1 && i % 97 < 2);
        nodes.add(
            new NodeCell(
                String.format("node-%05d", i),
                "zone-" + zone,
                ready ? cpu : 0,
                ready ? Math.clamp(cpu * 0.62 + 0.05 * random.nextGaussian(), 0, 1) : 0,
                ready ? Math.round(cpu * 44) : 0,
                ready));
      }
    }
    return nodes.build();
  }
}
