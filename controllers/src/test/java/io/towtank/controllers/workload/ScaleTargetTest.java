package io.towtank.controllers.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.towtank.api.GenericObject;
import io.towtank.api.Selector;
import io.towtank.codec.ObjectCodec;
import io.towtank.controllers.TestCluster;
import io.towtank.store.ApiException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTargetTest {
  private static final String POD =
      "'template': {'metadata': {'labels': {'app': 'a'}}, 'spec': {'containers': [{'name': 'c',"
          + " 'image': 'i'}]}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "apps/v1 | Deployment | {'replicas': 3, 'selector': {'matchLabels': {'app': 'a'}}, POD} |"
            + " {'replicas': 2} | 3 | 2 | app=a",
        "apps/v1 | Deployment | {'selector': {'matchLabels': {'app': 'a'}}, POD} | {} | 1 | 0 |"
            + " app=a",
        "apps/v1 | ReplicaSet | {'replicas': 3, 'selector': {'matchLabels': {'app': 'a'}}, POD} |"
            + " {'replicas': 3} | 3 | 3 | app=a",
        "apps/v1 | StatefulSet | {'replicas': 0, 'serviceName': 's', 'selector': {'matchLabels':"
            + " {'app': 'a'}}, POD} | {'replicas': 1} | 0 | 1 | app=a",
        "v1 | ReplicationController | {'replicas': 3, 'selector': {'app': 'a'}, POD} |"
            + " {'replicas': 3} | 3 | 3 | app=a",
        "argoproj.io/v1alpha1 | Rollout | {'replicas': 3, 'selector': {'matchLabels': {'app': 'a'},"
            + " 'matchExpressions': [{'key': 'b', 'operator': 'In', 'values': ['c', 'd']}]}} |"
            + " {'replicas': 4} | 3 | 4 | app=a,b in (c,d)",
        "example.com/v1 | Farm | {'replicas': 3} | {'replicas': 4, 'selector': 'app=a,!b'} | 3 | 4"
            + " | app in (a),!b",
        "example.com/v1 | Farm | {'replicas': 3} | {'selector': ','} | 3 | 0 | ",
        "example.com/v1 | Farm | {'replicas': 3} | {} | 3 | 0 | ",
      })
  void theScaleOfAWorkloadIsReadAndSet(
      String apiVersion,
      String kind,
      String spec,
      String status,
      int replicas,
      int there,
      @Nullable String selector) {
    ScaleTarget target =
        Objects.requireNonNull(
            ScaleTarget.of(
                TestCluster.read(
                    "{'apiVersion': '%s', 'kind': '%s', 'metadata': {'name': 'a'}, 'spec': %s,"
                            .formatted(apiVersion, kind, spec.replace("POD", POD))
                        + " 'status': %s}".formatted(status)),
                List::of));
    assertThat(target.specReplicas()).isEqualTo(replicas);
    assertThat(target.statusReplicas()).isEqualTo(there);
    if (selector == null) {
      assertThat(target.selector()).isNull();
    } else {
      assertThat(Selector.of(Objects.requireNonNull(target.selector()))).hasToString(selector);
    }
    ScaleTarget scaled = Objects.requireNonNull(ScaleTarget.of(target.scaledTo(7), List::of));
    assertThat(scaled.specReplicas()).isEqualTo(7);
    assertThat(scaled.statusReplicas()).isEqualTo(there);
  }

  @Test
  void whatHasNoReplicasHasNoScale() {
    assertThat(
            ScaleTarget.of(
                TestCluster.read(
                    "{'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'a'}}"),
                List::of))
        .isNull();
    assertThat(
            ScaleTarget.of(
                TestCluster.read(
                    "{'apiVersion': 'apps/v1', 'kind': 'DaemonSet', 'metadata': {'name': 'a'},"
                        + " 'spec': {'selector': {'matchLabels': {'app': 'a'}}, %s}}"
                            .formatted(POD)),
                List::of))
        .isNull();
  }

  private static ImmutableList<GenericObject> definition(String group, String version) {
    return ImmutableList.of(
        (GenericObject)
            TestCluster.read(
                """
                {'apiVersion': 'apiextensions.k8s.io/v1', 'kind': 'CustomResourceDefinition',
                 'metadata': {'name': 'herds.%1$s'},
                 'spec': {'group': '%1$s', 'names': {'kind': 'Herd', 'plural': 'herds'},
                  'scope': 'Namespaced', 'versions': [
                   {'name': 'v1alpha1', 'served': true, 'storage': false},
                   {'name': '%2$s', 'served': true, 'storage': true, 'subresources': {'scale': {
                    'specReplicasPath': '.spec.animals.cows',
                    'statusReplicasPath': '.status.cows',
                    'labelSelectorPath': '.status.herd.selector'}}}]}}
                """
                    .formatted(group, version)));
  }

  private static GenericObject herd(String version, String spec) {
    return (GenericObject)
        TestCluster.read(
            """
            {'apiVersion': 'farm.org/%s', 'kind': 'Herd', 'metadata': {'name': 'h'}, 'spec': %s,
             'status': {'cows': 3, 'herd': {'selector': 'app in (cow,calf)'}}}
            """
                .formatted(version, spec));
  }

  @Test
  void aCustomResourceHasItsReplicasWhereItsDefinitionSays() {
    ImmutableList<GenericObject> definitions = definition("farm.org", "v1");
    String spec = "{'replicas': 9, 'animals': {'cows': 4, 'sheep': 1}}";
    ScaleTarget target =
        Objects.requireNonNull(ScaleTarget.of(herd("v1", spec), () -> definitions));
    assertThat(target.specReplicas()).isEqualTo(4);
    assertThat(target.statusReplicas()).isEqualTo(3);
    assertThat(Selector.of(Objects.requireNonNull(target.selector())))
        .hasToString("app in (calf,cow)");
    assertThat(ObjectCodec.write(target.scaledTo(6)).path("spec").toString())
        .isEqualTo("{\"replicas\":9,\"animals\":{\"cows\":6,\"sheep\":1}}");
    // What is defined without a scale has none, whatever it looks like.
    assertThat(ScaleTarget.of(herd("v1alpha1", spec), () -> definitions)).isNull();
    // A definition of the same name in another group says nothing of it.
    assertThat(ScaleTarget.of(herd("v1", spec), () -> definition("zoo.org", "v1")))
        .extracting(ScaleTarget::specReplicas)
        .isEqualTo(9);
  }

  @Test
  void aCustomResourceThatDoesNotSayItsReplicasIsToldSo() {
    assertThatThrownBy(
            () -> ScaleTarget.of(herd("v1", "{'replicas': 9}"), () -> definition("farm.org", "v1")))
        .isInstanceOf(ApiException.class)
        .hasMessage(
            "Internal error occurred: the spec replicas field \".spec.animals.cows\" does not"
                + " exist");
  }
}
