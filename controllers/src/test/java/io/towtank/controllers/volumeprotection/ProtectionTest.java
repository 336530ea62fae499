package io.towtank.controllers.volumeprotection;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.PersistentVolumeClaim;
import io.towtank.controllers.TestCluster;
import io.towtank.volume.VolumeKeys;
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
}
