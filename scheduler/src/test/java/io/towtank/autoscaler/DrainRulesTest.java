package io.towtank.autoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.autoscaler.DrainRules.Verdict;
import io.towtank.codec.ObjectCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DrainRulesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Pod pod(String namespace, String owner, String annotations, String spec) {
    String owners =
        owner.isEmpty()
            ? ""
            : "'ownerReferences': [{'apiVersion': 'v1', 'kind': '"
                + owner
                + "', 'name': 'o', 'uid': 'eda9b3fe-1b1e-4895-a56a-62486ddfa371',"
                + " 'controller': true}],";
    return ObjectCodec.read(
        Kinds.POD,
        json(
            "{'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'p', 'labels': {'app': 'a'}, "
                + owners
                + "'annotations': {"
                + annotations
                + "}, 'namespace': '"
                + namespace
                + "'}, 'spec': {'containers': []"
                + (spec.isEmpty() ? "" : ", " + spec)
                + "}}"));
  }

  /** A budget for pods with the label app=a. */
  static PodDisruptionBudget budget(String namespace, int allowed) {
    return ObjectCodec.read(
        Kinds.POD_DISRUPTION_BUDGET,
        json(
            "{'apiVersion': 'policy/v1', 'kind': 'PodDisruptionBudget', 'metadata': {'name': 'b',"
                + " 'namespace': '"
                + namespace
                + "'}, 'spec': {'selector': {'matchLabels': {'app': 'a'}}}, 'status':"
                + " {'disruptionsAllowed': "
                + allowed
                + ", 'currentHealthy': 1, 'desiredHealthy': 1, 'expectedPods': 1}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      emptyValue = "",
      textBlock =
          """
          default     | ReplicaSet  | ``                                   | ``                                    | MOVE
          default     | Job         | ``                                   | ``                                    | MOVE
          default     | ``          | ``                                   | ``                                    | NOT_REPLICATED
          default     | Tortoise    | ``                                   | ``                                    | NOT_REPLICATED
          default     | DaemonSet   | ``                                   | ``                                    | IGNORE
          default     | ``          | 'kubernetes.io/config.mirror': 'x'   | ``                                    | IGNORE
          default     | ``          | 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true'  | ``               | MOVE
          default     | ReplicaSet  | 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false' | ``               | NOT_SAFE_TO_EVICT_ANNOTATION
          kube-system | ReplicaSet  | ``                                   | ``                                    | UNMOVABLE_KUBE_SYSTEM_POD
          kube-system | ReplicaSet  | 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'true'  | ``               | MOVE
          default     | ReplicaSet  | ``                                   | 'volumes': [{'name': 'v', 'emptyDir': {}}] | LOCAL_STORAGE_REQUESTED
          default     | ReplicaSet  | ``                                   | 'volumes': [{'name': 'v', 'hostPath': {'path': '/x'}}] | LOCAL_STORAGE_REQUESTED
          default     | ReplicaSet  | ``                                   | 'volumes': [{'name': 'v', 'emptyDir': {'medium': 'Memory'}}] | MOVE
          default     | ReplicaSet  | 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'u, v' | 'volumes': [{'name': 'v', 'emptyDir': {}}] | MOVE
          default     | ReplicaSet  | 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'u' | 'volumes': [{'name': 'v', 'emptyDir': {}}] | LOCAL_STORAGE_REQUESTED
          default     | ReplicaSet  | ``                                   | 'volumes': [{'name': 'v', 'configMap': {}}] | MOVE
          """)
  void saysWhatBecomesOfAPod(
      String namespace, String owner, String annotations, String spec, Verdict verdict) {
    Pod pod = pod(namespace, owner, annotations, spec);

    assertThat(
            DrainRules.judge(
                pod,
                new Budgets(ImmutableList.of()),
                (of, controller) -> 1,
                ClusterAutoscalerOptions.DEFAULT,
                0))
        .isEqualTo(verdict);
  }

  @Test
  void keepsPodsThatABudgetDoesNotLetGo() {
    Pod pod = pod("default", "ReplicaSet", "", "");
    Pod system = pod("kube-system", "ReplicaSet", "", "");
    Pod safe = pod("default", "", "'" + DrainRules.SAFE_TO_EVICT + "': 'true'", "");
    ClusterAutoscalerOptions options = ClusterAutoscalerOptions.DEFAULT;

    assertThat(
            DrainRules.judge(
                pod, new Budgets(List.of(budget("default", 0))), (of, controller) -> 1, options, 0))
        .isEqualTo(Verdict.NOT_ENOUGH_PDB);
    assertThat(
            DrainRules.judge(
                safe,
                new Budgets(List.of(budget("default", 0))),
                (of, controller) -> 1,
                options,
                0))
        .isEqualTo(Verdict.MOVE);
    assertThat(
            DrainRules.judge(
                pod, new Budgets(List.of(budget("other", 0))), (of, controller) -> 1, options, 0))
        .isEqualTo(Verdict.MOVE);
    assertThat(
            DrainRules.judge(
                system,
                new Budgets(List.of(budget("kube-system", 1))),
                (of, controller) -> 1,
                options,
                0))
        .isEqualTo(Verdict.MOVE);
  }

  @ParameterizedTest
  @CsvSource({
    // replicas, owner, the least
    "1, ReplicaSet, 0, MOVE",
    "1, ReplicaSet, 2, MIN_REPLICAS_REACHED",
    "2, ReplicaSet, 2, MOVE",
    "2147483647, Job, 2, MOVE"
  })
  void keepsPodsOfWorkloadsThatAreTooSmall(int replicas, String owner, int least, Verdict verdict) {
    ClusterAutoscalerOptions options =
        ClusterAutoscalerOptionsBuilder.builder(ClusterAutoscalerOptions.DEFAULT)
            .minReplicaCount(least)
            .build();

    assertThat(
            DrainRules.judge(
                pod("default", owner, "", ""),
                new Budgets(ImmutableList.of()),
                (of, controller) -> replicas,
                options,
                0))
        .isEqualTo(verdict);
  }

  @ParameterizedTest
  @CsvSource({
    // owner, safe to evict, whether nodes with pods of custom controllers are skipped
    "ReplicaSet, true, true, MIN_REPLICAS_REACHED",
    "ReplicaSet, true, false, MOVE",
    "ReplicaSet, false, false, NOT_SAFE_TO_EVICT_ANNOTATION"
  })
  void smallWorkloadsKeepTheirPodsWhateverThoseSay(
      String owner, String safe, boolean skip, Verdict verdict) {
    ClusterAutoscalerOptions options =
        ClusterAutoscalerOptionsBuilder.builder(ClusterAutoscalerOptions.DEFAULT)
            .minReplicaCount(2)
            .skipNodesWithCustomControllerPods(skip)
            .build();
    Pod pod = pod("default", owner, "'" + DrainRules.SAFE_TO_EVICT + "': '" + safe + "'", "");

    assertThat(
            DrainRules.judge(
                pod, new Budgets(ImmutableList.of()), (of, controller) -> 1, options, 0))
        .isEqualTo(verdict);
  }

  @Test
  void countsWhatAlreadyWent() {
    Pod pod = pod("default", "ReplicaSet", "", "");
    Budgets budgets = new Budgets(List.of(budget("default", 2)));

    assertThat(budgets.allowAll(List.of(pod, pod, pod))).isFalse();
    assertThat(budgets.allowAll(List.of(pod, pod))).isTrue();
    budgets.remove(List.of(pod));
    assertThat(budgets.allowAll(List.of(pod, pod))).isFalse();
    assertThat(budgets.allows(pod)).isTrue();
    budgets.remove(List.of(pod));
    assertThat(budgets.allows(pod)).isFalse();
  }
}
