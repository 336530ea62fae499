package io.towtank.scenarios.language;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Note;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FeatureGatesTest {
  private static final String SCENARIO =
      "apiVersion: towtank.io/v1\nkind: Scenario\nmetadata: {name: a}\n";
  private static final String GATES = SCENARIO + "controllerOptions: {featureGates: {%s: true}}\n";
  private static final String AUTOSCALER =
      """
      apiVersion: autoscaling/v2
      kind: HorizontalPodAutoscaler
      metadata: {name: a}
      spec:
        scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}
        minReplicas: %d
        maxReplicas: 5
        behavior:
          scaleUp: {%s}
        metrics:
        - type: %s
      """;
  private static final String EXTERNAL =
      "External\n    external: {metric: {name: q}, target: {type: AverageValue, averageValue: 1}}";
  private static final String CPU =
      "Resource\n    resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}";

  @TempDir private Path directory;

  private ScenarioFiles read(String... texts) throws IOException {
    List<String> files = new ArrayList<>();
    for (int i = 0; i < texts.length; i++) {
      Path file = directory.resolve(i + ".yaml");
      Files.writeString(file, texts[i]);
      files.add(file.toString());
    }
    return ScenarioFiles.read(files, ScenarioOverrides.NONE);
  }

  @Test
  void zeroReplicasAreAllowedWhereTheGateIsOnInFilesOfTheirOwnAndInTheScenario()
      throws IOException {
    String zero = AUTOSCALER.formatted(0, "", EXTERNAL);
    String on = GATES.formatted("HPAScaleToZero");
    assertThat(read(zero, on).scenario().objects()).hasSize(1);
    assertThat(read(on + "manifests:\n- inline:\n" + zero.indent(4)).scenario().objects())
        .hasSize(1);
    for (String off : List.of(SCENARIO, GATES.formatted("HPAConfigurableTolerance"))) {
      assertThatThrownBy(() -> read(zero, off))
          .isInstanceOf(ManifestException.class)
          .hasMessageContaining(
              "0.yaml:6:16: spec.minReplicas: Invalid value: 0: must be greater than or equal to 1;"
                  + " the feature gate HPAScaleToZero allows it");
      assertThatThrownBy(() -> read(off + "manifests:\n- inline:\n" + zero.indent(4)))
          .isInstanceOf(ManifestException.class)
          .hasMessageContaining("minReplicas: Invalid value: 0");
    }
    assertThatThrownBy(() -> read(AUTOSCALER.formatted(0, "", CPU), on))
        .hasMessageContaining("must specify at least one Object or External metric");
  }

  @Test
  void aToleranceThatWillBeDroppedIsPointedOut() throws IOException {
    String tolerant = AUTOSCALER.formatted(1, "tolerance: 0.05", CPU);
    assertThat(read(tolerant).notes())
        .singleElement(as(InstanceOfAssertFactories.type(Note.class)))
        .extracting(Note::toString, as(InstanceOfAssertFactories.STRING))
        .endsWith(
            "0.yaml:9:15: spec.behavior.scaleUp.tolerance is dropped: the feature gate"
                + " HPAConfigurableTolerance is off (a scenario can have it on:"
                + " controllerOptions.featureGates)");
    assertThat(read(tolerant, GATES.formatted("HPAConfigurableTolerance")).notes()).isEmpty();
  }

  @Test
  void gatesThatAreNoneAreTold() {
    assertThatThrownBy(() -> read(GATES.formatted("HPAScaleToZeros")))
        .hasMessageContaining(
            "controllerOptions.featureGates.HPAScaleToZeros: unknown field \"HPAScaleToZeros\";"
                + " did you mean \"HPAScaleToZero\"?");
    assertThatThrownBy(() -> read(GATES.formatted("HPAScaleToZero").replace("true", "1")))
        .hasMessageContaining(
            "controllerOptions.featureGates.HPAScaleToZero: expected true or false");
  }

  /** Gates are read before everything else, and their place is looked at once more after that. */
  @Test
  void whatIsWrongIsToldOnce() {
    ManifestException mistake =
        catchThrowableOfType(
            ManifestException.class, () -> read(SCENARIO + "controllerOptions: all\n"));
    assertThat(mistake.problems()).hasSize(1);
  }
}
