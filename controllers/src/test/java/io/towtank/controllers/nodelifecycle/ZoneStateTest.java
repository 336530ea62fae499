package io.towtank.controllers.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ZoneStateTest {
  @Test
  void howMuchOfAZoneIsLost() {
    record Row(int ready, int notReady, ZoneState state) {}
    for (Row row :
        List.of(
            new Row(0, 0, ZoneState.NORMAL),
            new Row(10, 0, ZoneState.NORMAL),
            new Row(0, 1, ZoneState.FULL),
            new Row(1, 2, ZoneState.NORMAL),
            new Row(2, 3, ZoneState.PARTIAL),
            new Row(45, 55, ZoneState.PARTIAL),
            new Row(46, 54, ZoneState.NORMAL),
            new Row(9, 11, ZoneState.PARTIAL))) {
      assertThat(ZoneState.of(row.ready, row.notReady, 0.55)).as("%s", row).isEqualTo(row.state);
    }
  }

  @Test
  void howFastNodesAreTainted() {
    record Row(ZoneState state, int size, double rate) {}
    for (Row row :
        List.of(
            new Row(ZoneState.NORMAL, 1000, 0.1),
            new Row(ZoneState.FULL, 10, 0.1),
            new Row(ZoneState.PARTIAL, 50, 0),
            new Row(ZoneState.PARTIAL, 51, 0.01))) {
      assertThat(row.state.rate(row.size, NodeLifecycleOptions.DEFAULT))
          .as("%s", row)
          .isEqualTo(row.rate);
    }
  }
}
