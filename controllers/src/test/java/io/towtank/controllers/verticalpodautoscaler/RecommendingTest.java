package io.towtank.controllers.verticalpodautoscaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableMap;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.verticalpodautoscaler.Recommending.Recommendation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecommendingTest {
  private static final long MINUTE = 60 * TestCluster.SECOND;

  /** A container that has always used the same, a sample a minute. */
  private static ContainerAggregate steady(long milliCpu, long bytes, int samples) {
    ContainerAggregate aggregate = new ContainerAggregate();
    ContainerSamples container = new ContainerSamples(aggregate);
    for (int i = 0; i < samples; i++) {
      container.cpu(milliCpu, 500, TestCluster.EPOCH + i * MINUTE);
      container.memory(bytes, TestCluster.EPOCH + i * MINUTE);
    }
    return aggregate;
  }

  private static ResourcePolicy policy(String json) {
    try {
      return ResourcePolicy.of(new ObjectMapper().readTree(json.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String text(Map<String, ?> amounts) {
    return amounts.get("cpu") + " " + amounts.get("memory");
  }

  @ParameterizedTest
  @CsvSource({
    // millicores, bytes, samples: target, lower bound, upper bound
    "300, 500000000, 1, 350m 587804717, 25m 250Mi, 100G 97656250000Ki",
    "300, 500000000, 6, 350m 587804717, 210m 354324628, 101150m 169875563213",
    "300, 500000000, 721, 350m 587804717, 348m 585460533, 1050m 1763414151",
    "300, 500000000, 1441, 350m 587804717, 349m 586630868, 700m 1175609434",
    "300, 500000000, 10081, 350m 587804717, 349m 587636808, 400m 671776819",
    "1, 1000000, 1441, 25m 250Mi, 25m 250Mi, 25m 250Mi",
    "3000, 20000000000, 1441, 3481m 23467975582, 3474m 23421109941, 6962m 46935951164"
  })
  void recommendsByPercentilesWithAMargin(
      long milliCpu, long bytes, int samples, String target, String lower, String upper) {
    List<Recommendation> all =
        Recommending.recommend(
            ImmutableMap.of("app", steady(milliCpu, bytes, samples)), ResourcePolicy.NONE);

    assertThat(all).hasSize(1);
    Recommendation one = all.getFirst();
    assertThat(text(one.target())).isEqualTo(target);
    assertThat(text(one.uncappedTarget())).isEqualTo(target);
    assertThat(text(one.lowerBound())).isEqualTo(lower);
    assertThat(text(one.upperBound())).isEqualTo(upper);
  }

  @Test
  void sharesTheLeastOfAPodAmongItsContainers() {
    List<Recommendation> all =
        Recommending.recommend(
            ImmutableMap.of(
                "proxy", steady(1, 1_000_000, 1441),
                "app", steady(1, 1_000_000, 1441),
                "unseen", new ContainerAggregate()),
            ResourcePolicy.NONE);

    assertThat(all).extracting(Recommendation::container).containsExactly("app", "proxy");
    assertThat(all).extracting(one -> text(one.target())).containsOnly("12m 125Mi");
  }

  @Test
  void staysWithinWhatThePolicyAllows() {
    ResourcePolicy policy =
        policy(
            """
            {'containerPolicies': [
              {'containerName': 'app', 'minAllowed': {'cpu': '400m'},
               'maxAllowed': {'cpu': '600m', 'memory': '512Mi'}},
              {'containerName': 'proxy', 'mode': 'Off'},
              {'containerName': '*', 'controlledResources': ['memory']}]}
            """);
    ContainerAggregate used = steady(300, 500_000_000, 1441);

    List<Recommendation> all =
        Recommending.recommend(ImmutableMap.of("app", used, "proxy", used, "logs", used), policy);

    assertThat(all).extracting(Recommendation::container).containsExactly("app", "logs");
    Recommendation app = all.get(0);
    assertThat(text(app.target())).isEqualTo("400m 512Mi");
    assertThat(text(app.lowerBound())).isEqualTo("400m 512Mi");
    assertThat(text(app.upperBound())).isEqualTo("600m 512Mi");
    assertThat(text(app.uncappedTarget())).isEqualTo("350m 587804717");
    assertThat(all.get(1).target().keySet()).containsExactly("memory");
  }

  @Test
  void refusesAPolicyWithoutQuantities() {
    assertThatThrownBy(() -> policy("{'containerPolicies': [{'minAllowed': {'cpu': 'much'}}]}"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void countsSamplesByWhatIsRequested() {
    ContainerAggregate aggregate = new ContainerAggregate();
    for (int i = 0; i < 100; i++) {
      aggregate.addCpu(100, 100, TestCluster.EPOCH + i * MINUTE);
    }
    // The request was raised: a tenth as many samples outweigh those before.
    for (int i = 100; i < 112; i++) {
      aggregate.addCpu(900, 1000, TestCluster.EPOCH + i * MINUTE);
    }
    assertThat(aggregate.cpu(0.4)).isLessThan(0.12);
    assertThat(aggregate.cpu(0.5)).isGreaterThan(0.9);
  }

  @Test
  void forgetsContainersThatAreLongGone() {
    ContainerAggregate aggregate = steady(100, 1, 2);
    long days = 24 * 60 * MINUTE;
    assertThat(aggregate.isExpired(TestCluster.EPOCH + MINUTE + 8 * days - 1)).isFalse();
    assertThat(aggregate.isExpired(TestCluster.EPOCH + MINUTE + 8 * days)).isTrue();
  }
}
