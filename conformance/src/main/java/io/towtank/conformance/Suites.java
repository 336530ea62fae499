package io.towtank.conformance;

import com.google.common.collect.ImmutableList;
import java.util.Optional;

/** Which suite checks which golden files. */
final class Suites {
  /**
   * What is known about files of one kind.
   *
   * @param files the name they have, or {@code DIRECTORY/*} for all of a directory
   * @param suite what checks them, empty where nothing does yet
   * @param note why nothing does
   */
  record Entry(String files, Optional<Suite> suite, String note) {
    boolean matches(String name) {
      return files.endsWith("/*")
          ? name.startsWith(files.substring(0, files.length() - 1))
          : files.equals(name);
    }
  }

  /** All kinds, the first that matches counts. */
  static final ImmutableList<Entry> ALL =
      ImmutableList.of(
          covered("api/quantities", QuantitySuite.suite()),
          covered("api/percents", PercentSuite.suite()),
          covered("api/selectors", SelectorSuite.suite()),
          covered("api/patches", PatchSuite.suite()),
          covered("api/apply", new ApplySuite()),
          covered("scheduler/*", DecisionSuite.suite()),
          covered("controllers/deployments", DeploymentSuite.suite()),
          covered("controllers/replicasets", ReplicaSetSuite.suite()),
          covered("controllers/daemonsets", DaemonSetSuite.suite()),
          covered("controllers/statefulsets", StatefulSetSuite.suite()),
          covered("controllers/jobs", JobSuite.suite()),
          covered("controllers/cronjobs", CronJobSuite.suite()),
          covered("controllers/endpointslices", EndpointSliceSuite.suite()),
          covered("controllers/hpa", ReplicaCalculationSuite.suite()),
          covered("controllers/behaviours", ScalingBehaviorSuite.suite()),
          notCovered("kubectl/*", "kubectl sessions come later"));

  private Suites() {}

  /** What is known about a file of a name, empty where nothing is. */
  static Optional<Entry> find(String name) {
    return ALL.stream().filter(entry -> entry.matches(name)).findFirst();
  }

  private static Entry covered(String files, Suite suite) {
    return new Entry(files, Optional.of(suite), "");
  }

  private static Entry notCovered(String files, String note) {
    return new Entry(files, Optional.empty(), note);
  }
}
