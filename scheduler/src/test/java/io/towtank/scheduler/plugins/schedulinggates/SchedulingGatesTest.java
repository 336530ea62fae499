package io.towtank.scheduler.plugins.schedulinggates;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.plugins.PluginCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulingGatesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # gates                    | code                         | message
                                     | Success                      | ''
          {name: quota}              | UnschedulableAndUnresolvable | waiting for scheduling gates: [quota]
          {name: quota}, {name: net} | UnschedulableAndUnresolvable | waiting for scheduling gates: [quota net]
          """)
  void keepsPodsOutOfTheQueue(@Nullable String gates, String code, String message) {
    Status status =
        new SchedulingGates()
            .preEnqueue(
                PluginCluster.pod("schedulingGates: [" + (gates == null ? "" : gates) + "]"));
    assertThat(status.code()).hasToString(code);
    assertThat(status.message()).isEqualTo(message);
  }
}
