package io.towtank.latency;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyProfileTest {
  private static final double SECOND = 1e9;

  @Test
  void typicalSchedulesThreeHundredPodsASecondAtFiveThousandNodes() {
    assertThat(SECOND / LatencyProfile.TYPICAL.schedulingNanos(5_000, 150_000))
        .isBetween(299.9, 300.1);
    assertThat(SECOND / LatencyProfile.TYPICAL.schedulingNanos(500, 0)).isGreaterThan(1500);
  }

  @Test
  void instantTakesNoTime() {
    assertThat(LatencyProfile.INSTANT.schedulingNanos(100_000, 1_000_000)).isZero();
  }

  @Test
  void attemptsMayDependOnPods() {
    LatencyProfile instant = LatencyProfile.INSTANT;
    LatencyProfile profile =
        new LatencyProfile(
            "slow",
            instant.apiRequest(),
            0,
            ClientLimits.NONE,
            ClientLimits.NONE,
            ClientLimits.NONE,
            1000,
            10,
            2,
            instant.imagePullStart(),
            0,
            instant.sandboxStart(),
            instant.containerStart(),
            instant.readiness(),
            instant.containerStop(),
            VolumeLatency.INSTANT);
    assertThat(profile.schedulingNanos(5, 7)).isEqualTo(1000 + 50 + 14);
  }
}
