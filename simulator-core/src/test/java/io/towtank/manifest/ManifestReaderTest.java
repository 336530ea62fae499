package io.towtank.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.towtank.api.Deployment;
import io.towtank.api.GenericObject;
import io.towtank.api.KubeObject;
import io.towtank.codec.Documents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestReaderTest {
  private static final Path DIRECTORY = Path.of("src/test/resources/io/towtank/manifest");

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Manifest read(Path file) {
    return ManifestReader.read(String.valueOf(file.getFileName()), text(file));
  }

  private static List<String> objectsOf(Manifest manifest) {
    return manifest.documents().stream()
        .map(ManifestDocument::object)
        .map(object -> object.kind() + "/" + object.name())
        .toList();
  }

  @Test
  void readsObjectsInTheirOrder() {
    Manifest manifest = read(DIRECTORY.resolve("seeds/backend.yaml"));
    assertThat(objectsOf(manifest))
        .containsExactly("Deployment.apps/backend-v2", "Service/backend");
    assertThat(manifest.notes()).isEmpty();
    Deployment deployment = (Deployment) manifest.documents().getFirst().object();
    assertThat(deployment.spec().replicas()).isEqualTo(3);
    assertThat(deployment.metadata().namespace()).isNull();
    assertThat(manifest.documents().get(1).position()).isEqualTo(new Position(27, 1));
    assertThat(manifest.documents().get(1).source()).isEqualTo("backend.yaml");
  }

  @Test
  void readsKindsThatItDoesNotKnowAsTheyAre() {
    Manifest manifest = read(DIRECTORY.resolve("seeds/canary.yaml"));
    assertThat(objectsOf(manifest))
        .containsExactly(
            "VirtualService.networking.istio.io/reviews",
            "DestinationRule.networking.istio.io/bookinfo-ratings");
    GenericObject service = (GenericObject) manifest.documents().getFirst().object();
    assertThat(String.valueOf(service.content().get("spec"))).contains("\"weight\":75");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hpa-v2beta2.yaml", "ingress-v1beta1.yaml"})
  void notesThatAnOldVersionWasConverted(String file) {
    Manifest manifest = read(DIRECTORY.resolve("seeds").resolve(file));
    assertThat(manifest.documents()).hasSize(1);
    assertThat(manifest.notes()).hasSize(1);
    assertThat(manifest.notes().getFirst().toString())
        .isEqualTo(
            file.startsWith("hpa")
                ? "hpa-v2beta2.yaml:1:1: autoscaling/v2beta2 HorizontalPodAutoscaler is read as"
                    + " autoscaling/v2; Kubernetes no longer serves autoscaling/v2beta2"
                : "ingress-v1beta1.yaml:1:1: extensions/v1beta1 Ingress is read as"
                    + " networking.k8s.io/v1; Kubernetes no longer serves extensions/v1beta1");
  }

  /** Each file has a document in an old version and what it is in the current one. */
  @TestFactory
  List<DynamicTest> convertsOldVersions() {
    return Documents.filesOf(DIRECTORY.resolve("conversions")).stream()
        .map(file ->
            DynamicTest.dynamicTest(
                String.valueOf(file.getFileName()),
                () -> {
                  Manifest manifest = read(file);
                  assertThat(manifest.documents()).hasSize(2);
                  assertThat(manifest.notes()).hasSize(1);
                  assertThat(manifest.documents().getFirst().content())
                      .isEqualTo(manifest.documents().getLast().content());
                  assertThat(manifest.documents().getFirst().object())
                      .isEqualTo(manifest.documents().getLast().object());
                }))
        .toList();
  }

  @Test
  void saysWhatAConversionChanged() {
    assertThat(
            read(DIRECTORY.resolve("conversions/deployment-extensions.yaml"))
                .notes()
                .getFirst()
                .message())
        .isEqualTo(
            "extensions/v1beta1 Deployment is read as apps/v1: the selector is the template's"
                + " labels; spec.rollbackTo is left out: it has no successor; Kubernetes no longer"
                + " serves extensions/v1beta1");
  }

  @Test
  void takesListsApart() {
    Manifest manifest =
        ManifestReader.read(
            "list.yaml",
            """
            apiVersion: v1
            kind: List
            metadata: {resourceVersion: ""}
            items:
            - apiVersion: v1
              kind: Namespace
              metadata: {name: a}
            - apiVersion: v1
              kind: PodList
              items:
              - metadata: {name: b}
                spec: {containers: [{name: c, image: x}]}
            ---
            apiVersion: example.com/v1
            kind: AllowList
            metadata: {name: mine}
            items: []
            """);
    assertThat(objectsOf(manifest))
        .containsExactly("Namespace/a", "Pod/b", "AllowList.example.com/mine");
    assertThat(manifest.documents().get(1).position()).isEqualTo(new Position(11, 5));
  }

  @Test
  void readsWhatKubectlPrints() {
    Manifest manifest =
        ManifestReader.read(
            "get.json",
            """
            {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "a", "namespace": "default", "uid": "u", "resourceVersion": "12",
               "creationTimestamp": "2026-01-01T00:00:00Z", "generation": 1,
               "managedFields": [{"manager": "kubectl", "operation": "Apply", "fieldsV1": {"f:x": {}}}]},
             "spec": {"containers": [{"name": "c", "image": "x"}], "nodeName": "n-1"},
             "status": {"phase": "Running",
               "containerStatuses": [{"name": "c", "state": {"running": {}}}]}}
            """);
    KubeObject pod = manifest.documents().getFirst().object();
    assertThat(pod.resourceVersion()).isEqualTo(12);
  }

  @Test
  void readsTheManifestsOfTheGoldenSessions() {
    Optional<Path> golden = Documents.shared("golden");
    assumeTrue(golden.isPresent(), "no golden data here");
    for (Path file : Documents.filesOf(golden.get().resolve("kubectl"))) {
      if (file.toString().endsWith(".yaml")) {
        assertThat(read(file).documents()).isNotEmpty();
      }
    }
  }
}
