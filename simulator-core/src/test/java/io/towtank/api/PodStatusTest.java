package io.towtank.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import org.junit.jupiter.api.Test;

class PodStatusTest {
  private static final PodCondition SCHEDULED = condition("PodScheduled", ConditionStatus.TRUE);
  private static final PodCondition READY = condition("Ready", ConditionStatus.TRUE);
  private static final PodCondition NOT_READY = condition("Ready", ConditionStatus.FALSE);

  private static PodCondition condition(String type, ConditionStatus status) {
    return new PodCondition(
        type, status, Timestamps.NONE, Timestamps.NONE, null, null, Fields.NONE);
  }

  private static PodStatus with(PodCondition... conditions) {
    return PodStatusBuilder.builder().conditions(ImmutableList.copyOf(conditions)).build();
  }

  @Test
  void findsConditionsByType() {
    assertThat(with(SCHEDULED, READY).condition("Ready")).isSameAs(READY);
    assertThat(with(SCHEDULED).condition("Ready")).isNull();
  }

  @Test
  void replacesConditionsInTheirPlaceAndAddsNewOnesAtTheEnd() {
    assertThat(with(NOT_READY, SCHEDULED).withCondition(READY).conditions())
        .containsExactly(READY, SCHEDULED);
    assertThat(with(SCHEDULED).withCondition(READY).conditions()).containsExactly(SCHEDULED, READY);
  }
}
