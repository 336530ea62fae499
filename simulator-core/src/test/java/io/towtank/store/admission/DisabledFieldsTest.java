package io.towtank.store.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.HorizontalPodAutoscaler;
import io.towtank.api.HorizontalPodAutoscalerSpecBuilder;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.YamlReader;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.StoreOptions;
import io.towtank.time.Simulation;
import io.towtank.validation.FeatureGates;
import org.junit.jupiter.api.Test;

final class DisabledFieldsTest {
  private static ApiStore store(FeatureGates gates) {
    ApiStore store =
        new ApiStore(
            new Simulation(1, 0),
            StoreOptions.PLAIN.withAdmissions(
                StandardAdmission.chain(
                    new ApiServerOptions(
                        ApiServerOptions.DEFAULT.services(), ImmutableSet.of(), gates))));
    SystemObjects.createIn(store);
    return store;
  }

  private static HorizontalPodAutoscaler create(ApiStore store, int min, String behavior) {
    String yaml =
        """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: a, namespace: default}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: a}
          minReplicas: %d
          maxReplicas: 5
          behavior: %s
          metrics:
          - type: External
            external: {metric: {name: q}, target: {type: AverageValue, averageValue: "1"}}
        """
            .formatted(min, behavior);
    return (HorizontalPodAutoscaler)
        store.create(ObjectCodec.read(YamlReader.read("a.yaml", yaml).getFirst().content()));
  }

  private static String behavior(HorizontalPodAutoscaler autoscaler) {
    return ObjectCodec.write(autoscaler).at("/spec/behavior").toString();
  }

  @Test
  void aToleranceIsKeptOnlyWhereTheGateIsOn() {
    String behavior = "{scaleUp: {tolerance: '0.2'}, scaleDown: {tolerance: '0.3'}}";
    assertThat(behavior(create(store(FeatureGates.DEFAULT), 1, behavior)))
        .doesNotContain("tolerance")
        .contains("\"scaleUp\":{\"", "\"selectPolicy\":\"Max\"");
    assertThat(behavior(create(store(new FeatureGates(false, true)), 1, behavior)))
        .contains("\"tolerance\":\"200m\"", "\"tolerance\":\"300m\"");
  }

  @Test
  void anUpdateToZeroReplicasIsRefusedUnlessTheGateIsOnOrItWasZeroBefore() {
    ApiStore off = store(FeatureGates.DEFAULT);
    HorizontalPodAutoscaler one = create(off, 1, "{}");
    assertThatThrownBy(() -> off.update(withBounds(one, 0, 5)))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining(
            "spec.minReplicas: Invalid value: 0: must be greater than or equal to 1");
    ApiStore on = store(new FeatureGates(true, false));
    assertThat(on.update(withBounds(create(on, 1, "{}"), 0, 5)).spec().minReplicas()).isZero();
    // Only manifests are looked at when they are created: as if it had been on at that time.
    ApiStore since = store(FeatureGates.DEFAULT);
    HorizontalPodAutoscaler zero = create(since, 0, "{}");
    assertThat(since.update(withBounds(zero, 0, 6)).spec().maxReplicas()).isEqualTo(6);
  }

  private static HorizontalPodAutoscaler withBounds(
      HorizontalPodAutoscaler autoscaler, int min, int max) {
    return autoscaler.withSpec(
        HorizontalPodAutoscalerSpecBuilder.builder(autoscaler.spec())
            .minReplicas(min)
            .maxReplicas(max)
            .build());
  }
}
