package io.towtank.scenarios.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towtank.adapter.MetricSeries;
import io.towtank.manifest.ManifestException;
import io.towtank.scenarios.run.ScenarioText;
import io.towtank.traffic.Measure;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsReaderTest {
  private static final String START =
      """
      cluster: {nodePools: [{count: 3}]}
      manifests:
      - inline:
          {apiVersion: v1, kind: Service, metadata: {name: shop}, spec: {ports: [{port: 80}]}}
      """;

  @TempDir private Path directory;

  private Scenario read(String metrics) {
    return ScenarioText.read(directory, START + metrics + "\n");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "metrics: {window: 3m} | metrics.window: a window is from 5s to 2m",
        "metrics: {resolution: 500ms} | metrics.resolution: is less than a second",
        "metrics: {serie: []} | unknown field \"serie\"; did you mean \"series\"?",
        "metrics: {series: [{constant: 1}]} | one of these is missing: pods, object, external",
        "metrics: {series: [{pods: a, external: b, constant: 1}]} | only one of these may be there",
        "metrics: {series: [{external: a}]} | one of these is missing: constant, steps, diurnal,"
            + " table, traffic, queue",
        "metrics: {series: [{external: a, constant: 1/s}]} | series[0].constant: \"1/s\" is no"
            + " amount",
        "metrics: {series: [{external: a, constant: -1}]} | \"-1\" is no amount",
        "metrics: {series: [{external: a, constant: 1, selector: b}]} | only a metric of pods has a"
            + " selector",
        "metrics: {series: [{external: a, constant: 1, shared: true}]} | only a metric of pods is"
            + " shared",
        "metrics: {series: [{external: a, constant: 1, of: Ingress/b}]} | only a metric of an"
            + " object",
        "metrics: {series: [{object: a, constant: 1}]} | \"of\" is missing",
        "metrics: {series: [{object: a, of: shop, constant: 1}]} | \"shop\" is no object: it is a"
            + " kind and a name, as in Ingress/shop",
        "metrics: {series: [{object: a, of: Service/shp, traffic: requests}]} | there is no service"
            + " default/shp; did you mean",
        "metrics: {series: [{object: a, of: Ingress/b, traffic: requests}]} | \"service\" is"
            + " missing",
        "metrics: {series: [{external: a, service: shp, traffic: p99}]} | there is no service"
            + " default/shp",
        "metrics: {series: [{external: a, service: shop, traffic: request}]} | did you mean"
            + " \"requests\"?",
        "metrics: {series: [{external: a, service: shop, constant: 1}]} | only where \"traffic\" is"
            + " measured",
        "metrics: {series: [{pods: a, traffic: p99}]} | of pods the requests that they answer are"
            + " known",
        "metrics: {series: [{external: a, traffic: p50, service: shop, bursts: {}}]} | bursts are"
            + " on top of a curve",
        "metrics: {series: [{external: a, queue: {constant: 1/s, perWorker: 1/s}}]} | \"workers\""
            + " is missing",
        "metrics: {series: [{external: a, queue: {constant: 1, workers: a=b, perWorker: 1/s}}]} |"
            + " \"1\" is no rate",
        "metrics: {series: [{external: a, constant: 1, absent: [{for: 1m}]}]} | \"at\" is missing",
        "expectations: [metrics.qeue == 1] | under \"metrics\" there is no \"qeue\"",
      })
  void mistakesAreTold(String metrics, String message) {
    assertThatThrownBy(() -> read(metrics))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining(".yaml:")
        .hasMessageContaining(message);
  }

  @Test
  void aServicesOwnRequestsNeedNotBeNamedAgain() {
    MetricSeries series =
        read("metrics: {series: [{object: a, of: service/shop, traffic: errors}]}")
            .metrics()
            .series()
            .get(0);
    assertThat(series.source())
        .isInstanceOfSatisfying(
            MetricSeries.Source.Requests.class,
            requests -> {
              assertThat(requests.measure()).isEqualTo(Measure.ERRORS);
              assertThat(requests.service()).hasToString("default/shop");
            });
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    assertThat(read("metrics: {}").metrics()).isEqualTo(Metrics.DEFAULT);
  }
}
