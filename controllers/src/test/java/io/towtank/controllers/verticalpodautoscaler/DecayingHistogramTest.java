package io.towtank.controllers.verticalpodautoscaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towtank.controllers.Seeds;
import io.towtank.controllers.TestCluster;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecayingHistogramTest {
  private static final long HOUR = 3600 * TestCluster.SECOND;
  private static final double[] SHARES = {0, 0.1, 0.5, 0.9, 0.95, 1};

  @ParameterizedTest
  @CsvSource({
    // value in cores, the bucket's end
    "0, 0.01",
    "0.0099, 0.01",
    "0.01, 0.0205",
    "0.3, 0.305390",
    "1.0, 1.016281",
    "999, 1021.109409",
    // What is beyond the last bucket's start belongs to it.
    "5000, 1021.109409"
  })
  void tellsTheEndOfTheBucketOfAValue(double value, double end) {
    DecayingHistogram histogram = new DecayingHistogram(Buckets.CPU);
    histogram.add(value, 1, TestCluster.EPOCH);
    for (double share : SHARES) {
      assertThat(histogram.percentile(share)).isCloseTo(end, within(1e-6));
    }
  }

  @Test
  void tellsNothingWithoutSamples() {
    DecayingHistogram histogram = new DecayingHistogram(Buckets.MEMORY);
    assertThat(histogram.percentile(0.9)).isZero();
    histogram.add(1e9, 1, TestCluster.EPOCH);
    histogram.subtract(1e9, 1, TestCluster.EPOCH);
    assertThat(histogram.isEmpty()).isTrue();
    assertThat(histogram.percentile(0.9)).isZero();
  }

  @Test
  void whatWasSavedTellsTheSame() {
    Seeds.forEach(
        50,
        random -> {
          DecayingHistogram histogram = new DecayingHistogram(Buckets.CPU);
          int samples = random.nextInt(50);
          for (int i = 0; i < samples; i++) {
            histogram.add(
                random.nextDouble() * 20,
                0.1 + random.nextDouble(),
                TestCluster.EPOCH + random.nextInt(100) * HOUR);
          }
          DecayingHistogram restored = DecayingHistogram.restored(Buckets.CPU, histogram.saved());
          assertThat(restored.isEmpty()).isEqualTo(histogram.isEmpty());
          // Weights are saved in ten thousandths of the greatest, so that shares are a little off.
          for (double share = 0.05; share < 1; share += 0.1) {
            assertThat(restored.percentile(share))
                .isBetween(histogram.percentile(share - 0.01), histogram.percentile(share + 0.01));
          }
          // What comes later counts the same beside it.
          histogram.add(50, 1000, TestCluster.EPOCH + 200 * HOUR);
          restored.add(50, 1000, TestCluster.EPOCH + 200 * HOUR);
          assertThat(restored.percentile(0.95)).isEqualTo(histogram.percentile(0.95));
        });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'totalWeight': -1} | negative weight",
        "{'totalWeight': 1, 'bucketWeights': {'176': 1}} | bucket 176, and there are 176",
        "{'totalWeight': 1, 'bucketWeights': {'-1': 1}} | bucket -1",
        "{'totalWeight': 1, 'bucketWeights': {'x': 1}} | x",
        "{'totalWeight': 1, 'referenceTimestamp': 'noon'} | \"noon\" is no time",
        "{'totalWeight': 1, 'referenceTimestamp': '0001-01-01T00:00:00Z'} | is no time",
      })
  void whatWasNotSavedIsRefused(String saved, String message) throws JsonProcessingException {
    JsonNode document = new ObjectMapper().readTree(saved.replace('\'', '"'));
    assertThatThrownBy(() -> DecayingHistogram.restored(Buckets.CPU, document))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void forgetsHalfOfItEveryDay() {
    DecayingHistogram histogram = new DecayingHistogram(Buckets.CPU);
    histogram.add(1, 4, TestCluster.EPOCH);
    histogram.add(0.1, 1, TestCluster.EPOCH + 24 * HOUR);
    // 4 of a day ago count as 2 against 1.
    assertThat(histogram.percentile(0.33)).isLessThan(0.2);
    assertThat(histogram.percentile(0.34)).isGreaterThan(1);
    histogram.add(0.1, 1, TestCluster.EPOCH + 72 * HOUR);
    // 0.5 against 0.25 and 1.
    assertThat(histogram.percentile(0.71)).isLessThan(0.2);
    assertThat(histogram.percentile(0.72)).isGreaterThan(1);
  }

  /** A sample, as a model keeps it. */
  private record Sample(double value, double weight, long atNanos) {}

  /** All samples by themselves: where the decayed weight of those up to it reaches a share. */
  private static double percentile(List<Sample> samples, double share) {
    List<Sample> sorted = new ArrayList<>(samples);
    sorted.sort(Comparator.comparingDouble(Sample::value));
    long last = samples.stream().mapToLong(Sample::atNanos).max().orElseThrow();
    double total = 0;
    for (Sample sample : sorted) {
      total += weight(sample, last);
    }
    double sum = 0;
    for (Sample sample : sorted) {
      sum += weight(sample, last);
      if (sum >= share * total) {
        return sample.value;
      }
    }
    return sorted.getLast().value;
  }

  private static double weight(Sample sample, long nowNanos) {
    return sample.weight * Math.pow(0.5, (nowNanos - sample.atNanos) / (24.0 * HOUR));
  }

  @Test
  void agreesWithAModelThatKeepsEverySample() {
    Seeds.forEach(
        200,
        random -> {
          DecayingHistogram histogram = new DecayingHistogram(Buckets.MEMORY);
          List<Sample> samples = new ArrayList<>();
          long now = TestCluster.EPOCH;
          int count = 1 + random.nextInt(60);
          // Also over times in which weights have to be scaled down.
          long step = random.nextBoolean() ? HOUR : 80 * 24 * HOUR;
          for (int i = 0; i < count; i++) {
            now += (long) (random.nextDouble() * step);
            if (!samples.isEmpty() && random.nextInt(5) == 0) {
              Sample last = samples.removeLast();
              histogram.subtract(last.value, last.weight, last.atNanos);
            }
            Sample added =
                new Sample(Math.exp(15 + 10 * random.nextDouble()), 0.1 + random.nextInt(4), now);
            samples.add(added);
            histogram.add(added.value, added.weight, added.atNanos);
          }
          for (double share : SHARES) {
            // Sums in another order may differ in the last digit, just where a share is reached.
            int found = Buckets.MEMORY.find(histogram.percentile(share) * (1 - 1e-9));
            assertThat(found)
                .as("%s of %s", share, samples)
                .isBetween(
                    Buckets.MEMORY.find(percentile(samples, share - 2e-3)),
                    Buckets.MEMORY.find(percentile(samples, share + 2e-3)));
          }
        });
  }
}
