package io.towtank.scenarios.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.ScenarioText;
import io.towtank.scenarios.run.SummaryText;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExpectationWatchTest {
  @TempDir private Path directory;

  /** A state is looked at when the first write of a later one has been made. */
  @Test
  void fieldsAreReadAsTheyWereAtTheTime() {
    RunSummary summary =
        ScenarioText.run(
            directory,
            """
            cluster: {nodePools: [{count: 1}]}
            latency: instant
            manifests:
            - inline: {apiVersion: v1, kind: Service, metadata: {name: a, labels: {step: one}}, spec: {ports: [{port: 80}]}}
            timeline:
            - at: 10m
              apply:
                inline: {apiVersion: v1, kind: Service, metadata: {name: a, labels: {step: two}}, spec: {ports: [{port: 80}]}}
            - at: 20m
              delete: {target: service/a}
            - at: 30m
              apply:
                inline: {apiVersion: v1, kind: Service, metadata: {name: a, labels: {step: three}}, spec: {ports: [{port: 80}]}}
            expectations:
            - get(service/a, metadata.labels.step) == 'one' at 1m
            - get(service/a, metadata.labels.step) == 'one' at 9m59s
            - get(service/a, metadata.labels.step) == 'one' from 1s to 9m59s
            - get(service/a, metadata.labels.step) == 'two' at 10m
            - get(service/a, metadata.labels.step) == 'two' at 19m
            - get(service/a, metadata.labels.step) == 'two' by 10m
            - get(service/a, metadata.labels.step) == 'three' at 30m
            - get(service/a, metadata.labels.step) == 'three'
            """);

    assertThat(summary.passed()).as(SummaryText.of(summary, false, true)).isTrue();
  }

  @Test
  void whatIsGoneHasNoFields() {
    RunSummary summary =
        ScenarioText.run(
            directory,
            """
            cluster: {nodePools: [{count: 1}]}
            latency: instant
            manifests:
            - inline: {apiVersion: v1, kind: Service, metadata: {name: a, labels: {step: one}}, spec: {ports: [{port: 80}]}}
            timeline:
            - {at: 10m, delete: {target: service/a}}
            - at: 20m
              apply:
                inline: {apiVersion: v1, kind: Service, metadata: {name: a, labels: {step: one}}, spec: {ports: [{port: 80}]}}
            expectations:
            - get(service/a, metadata.labels.step) == 'one' at 15m
            """);

    assertThat(summary.passed()).isFalse();
    assertThat(summary.expectations().get(0).actual()).contains("there is no Service");
  }

  @Test
  void changesAndTurnsAreCounted() {
    RunSummary summary =
        ScenarioText.run(
            directory,
            """
            cluster: {nodePools: [{count: 1}]}
            latency: instant
            manifests:
            - inline:
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: a}
                spec:
                  replicas: 3
                  selector: {matchLabels: {app: a}}
                  template: {metadata: {labels: {app: a}}, spec: {containers: [{name: a, image: a}]}}
            timeline:
            - {at: 10m, scale: {target: deployment/a, replicas: 5}}
            - {at: 20m, scale: {target: deployment/a, replicas: 9}}
            - {at: 30m, scale: {target: deployment/a, replicas: 4}}
            - {at: 40m, scale: {target: deployment/a, replicas: 4}}
            - {at: 50m, scale: {target: deployment/a, replicas: 2}}
            - {at: 60m, scale: {target: deployment/a, replicas: 7}}
            expectations:
            - changes(get(deployment/a, spec.replicas)) == 5
            - turns(get(deployment/a, spec.replicas)) == 2
            - changes(get(deployment/a, spec.replicas), 15m, 35m) == 2
            - turns(get(deployment/a, spec.replicas), 15m, 35m) == 1
            - turns(get(deployment/a, spec.replicas), 25m, 55m) == 0
            """);

    assertThat(summary.passed()).as(SummaryText.of(summary, false, true)).isTrue();
  }
}
