package io.towtank.scheduler.plugins.dynamicresources;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.scheduler.plugins.PluginCluster;
import org.junit.jupiter.api.Test;

class DynamicResourcesTest {
  @Test
  void itsPostFilterSaysThatThereIsNothingToTakeBack() {
    assertThat(
            PluginCluster.of("DynamicResources", null, "NodeResourcesFit")
                .nodes("{name: a}")
                .decide("requests: {cpu: 5}")
                .message())
        .isEqualTo("0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate");
  }
}
