package io.towtank.controllers.volumeprotection;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.controllers.TestCluster;
import io.towtank.volume.VolumeKeys;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProtectionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stays   | has it | used   | KEEP
          stays   | has it | unused | KEEP
          stays   | has it not | used | ADD
          stays   | has it not | unused | ADD
          leaves  | has it | used   | KEEP
          leaves  | has it | unused | REMOVE
          leaves  | has it not | unused | KEEP
          """)
  void finalizers(String fate, String finalizer, String use, Protection expected) {
    PersistentVolumeClaim claim =
        (PersistentVolumeClaim)
            TestCluster.read(
                """
                {'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',
                 'metadata': {'name': 'c', %s 'finalizers': ['example.com/other'%s]},
                 'spec': {'accessModes': ['ReadWriteOnce']}}
                """
                    .formatted(
                        fate.equals("leaves") ? "'deletionTimestamp': '2026-01-01T00:00:00Z'," : "",
                        finalizer.equals("has it") ? ",'kubernetes.io/pvc-protection'" : ""));
    assertThat(Protection.of(claim, VolumeKeys.CLAIM_PROTECTION, use.equals("used")))
        .isEqualTo(expected);
  }

  /** Claim p-x; the pod has uid 1. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # case                               | node | volume                                                           | deletion                                                                       | claim's owner | uses
          it is named, and mounted             | n    | 'persistentVolumeClaim': {'claimName': 'p-x'}                    |                                                                                |               | true
          no kubelet has the pod yet           |      | 'persistentVolumeClaim': {'claimName': 'p-x'}                    |                                                                                |               | false
          another one is named                 | n    | 'persistentVolumeClaim': {'claimName': 'x'}                      |                                                                                |               | false
          it may be mounted until the pod goes | n    | 'persistentVolumeClaim': {'claimName': 'p-x'}                    | 'deletionTimestamp': '2026-01-01T00:00:00Z', 'deletionGracePeriodSeconds': 0   |               | true
          it was made for the pod              | n    | 'ephemeral': {'volumeClaimTemplate': {'spec': {}}}               |                                                                                | 1             | true
          it was made for another of the name  | n    | 'ephemeral': {'volumeClaimTemplate': {'spec': {}}}               |                                                                                | 2             | false
          the pod stops                        | n    | 'ephemeral': {'volumeClaimTemplate': {'spec': {}}}               | 'deletionTimestamp': '2026-01-01T00:00:00Z', 'deletionGracePeriodSeconds': 30  | 1             | true
          the pod waits for its claim to go    | n    | 'ephemeral': {'volumeClaimTemplate': {'spec': {}}}               | 'deletionTimestamp': '2026-01-01T00:00:00Z', 'deletionGracePeriodSeconds': 0   | 1             | false
          """)
  void pods(
      String why,
      @Nullable String node,
      String volume,
      @Nullable String deletion,
      @Nullable String owner,
      boolean uses) {
    Pod pod =
        (Pod)
            TestCluster.read(
                """
                {'apiVersion': 'v1', 'kind': 'Pod',
                 'metadata': {'name': 'p', 'namespace': 'default', 'uid': '1', %s},
                 'spec': {%s 'containers': [{'name': 'c', 'image': 'a'}],
                  'volumes': [{'name': 'x', %s}]}}
                """
                    .formatted(
                        deletion == null ? "'labels': {}" : deletion,
                        node == null ? "" : "'nodeName': '" + node + "',",
                        volume));
    PersistentVolumeClaim claim =
        (PersistentVolumeClaim)
            TestCluster.read(
                """
                {'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',
                 'metadata': {'name': 'p-x', 'namespace': 'default', 'ownerReferences': [%s]},
                 'spec': {'accessModes': ['ReadWriteOnce']}}
                """
                    .formatted(
                        owner == null
                            ? ""
                            : """
                            {'apiVersion': 'v1', 'kind': 'Pod', 'name': 'p', 'uid': '%s',
                             'controller': true}
                            """
                                .formatted(owner)));
    assertThat(Protection.uses(pod, claim)).as(why).isEqualTo(uses);
  }
}
