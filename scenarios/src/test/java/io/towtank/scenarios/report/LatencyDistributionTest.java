package io.towtank.scenarios.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scenarios.report.LatencyDistribution.Bucket;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class LatencyDistributionTest {
  @Test
  void countsAllInBucketsWithoutGaps() {
    Histogram histogram = new Histogram(3);
    long[] values = {0, 50_000, 110_000, 1_000_000, 12_345_678, 3_000_000_000L, 7_200_000_000_000L};
    for (long value : values) {
      histogram.recordValueWithCount(value, 3);
    }

    LatencyDistribution distribution = LatencyDistribution.of("created to ready", histogram);

    List<Bucket> buckets = distribution.buckets();
    assertThat(distribution.count()).isEqualTo(21);
    assertThat(buckets.stream().mapToLong(Bucket::count).sum()).isEqualTo(21);
    assertThat(buckets.getFirst()).isEqualTo(new Bucket(0, 1e5, 6));
    assertThat(buckets.getLast().count()).isEqualTo(3);
    assertThat(buckets.getLast().toNanos()).isGreaterThan(7.2e12);
    for (int i = 1; i < buckets.size(); i++) {
      assertThat(buckets.get(i).fromNanos()).isEqualTo(buckets.get(i - 1).toNanos());
    }
    for (long value : values) {
      assertThat(buckets)
          .as("%s ns", value)
          .anyMatch(b -> b.count() > 0 && b.fromNanos() <= value && value < b.toNanos());
    }
    assertThat(distribution.p50Nanos())
        .isCloseTo(1_000_000, org.assertj.core.data.Percentage.withPercentage(0.1));
  }

  @Test
  void nothingRecordedIsNothingToShow() {
    assertThat(LatencyDistribution.of("created to ready", new Histogram(3)))
        .isEqualTo(
            new LatencyDistribution(
                "created to ready", 0, 0, 0, 0, 0, com.google.common.collect.ImmutableList.of()));
  }

  @Test
  void oneValueIsOneBucket() {
    Histogram histogram = new Histogram(3);
    histogram.recordValue(5_000_000_000L);
    assertThat(LatencyDistribution.of("x", histogram).buckets()).hasSize(1);
  }
}
