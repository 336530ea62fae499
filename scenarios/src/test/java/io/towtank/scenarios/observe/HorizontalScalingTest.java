package io.towtank.scenarios.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.ObjectKey;
import io.towtank.controllers.podautoscaler.ReplicaDecision;
import org.junit.jupiter.api.Test;

class HorizontalScalingTest {
  private static final long SECOND = 1_000_000_000L;

  private final HorizontalScaling scaling = new HorizontalScaling();

  private void decide(long atSeconds, int from, int to, double value) {
    scaling.accept(
        new ReplicaDecision(
            atSeconds * SECOND,
            new ObjectKey("default", "shop"),
            "Deployment/shop",
            from,
            ImmutableList.of(
                new ReplicaDecision.Metric("Resource", "memory", true, 10, 100, 1, ""),
                new ReplicaDecision.Metric("Resource", "cpu", true, value, 50, to, "")),
            to,
            to,
            "",
            "",
            "",
            ""));
  }

  private HorizontalScaling.Autoscaler shop() {
    return scaling.autoscalers().get(0);
  }

  @Test
  void keepsWhatChangedSomethingAndCountsTheRest() {
    decide(15, 4, 4, 50);
    decide(30, 4, 8, 100);
    decide(45, 8, 12, 80);
    decide(60, 12, 12, 50);
    decide(75, 12, 6, 20);
    decide(90, 6, 7, 60);
    HorizontalScaling.Autoscaler shop = shop();
    assertThat(shop.looks()).isEqualTo(6);
    assertThat(shop.scaledUp()).isEqualTo(3);
    assertThat(shop.scaledDown()).isEqualTo(1);
    assertThat(shop.turns()).isEqualTo(2);
    assertThat(shop.least()).isEqualTo(4);
    assertThat(shop.most()).isEqualTo(12);
    assertThat(shop.decisions()).hasSize(4).allMatch(ReplicaDecision::changes);
    assertThat(shop.leftOut()).isZero();
    assertThat(shop.replicas().asList()).containsExactly(4.0, 4.0, 8.0, 12.0, 12.0, 6.0, 7.0);
    assertThat(shop.load().asList()).containsExactly(0.0, 1.0, 2.0, 1.6, 1.0, 0.4, 1.2);
  }

  /** A day of an autoscaler that never rests: the first and the last are kept, and a course. */
  @Test
  void staysSmallHoweverLongARunIs() {
    for (int i = 0; i < 5760; i++) {
      decide(15L * i, 10 + i % 2, 10 + (i + 1) % 2, 50);
    }
    HorizontalScaling.Autoscaler shop = shop();
    assertThat(shop.decisions()).hasSize(100);
    assertThat(shop.leftOut()).isEqualTo(5660);
    assertThat(shop.decisions().get(49).atNanos()).isEqualTo(49 * 15 * SECOND);
    assertThat(shop.decisions().get(50).atNanos()).isEqualTo(5710 * 15 * SECOND);
    assertThat(shop.turns()).isEqualTo(5759);
    assertThat(shop.replicas().length()).isEqualTo(180);
    assertThat(shop.binNanos()).isEqualTo(480 * SECOND);
    assertThat(shop.load().asList()).allMatch(load -> load == 1.0);
  }
}
