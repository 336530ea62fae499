package io.towtank.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DataplaneTest {
  private static final long MS = 1_000_000L;

  /** A change at so many milliseconds after a sync ended: when the next starts. */
  @ParameterizedTest
  @CsvSource({
    "IPTABLES, -1, 1000",
    "IPTABLES, 300, 1700",
    "IPTABLES, 5000, 6000",
    "NFTABLES, 300, 1700",
    "IPVS, 300, 1000"
  })
  void syncsKeepTheirDistance(Dataplane plane, long changedAfter, long startMillis) {
    long now = 1000 * MS;
    long lastEnd = changedAfter < 0 ? -1 : changedAfter == 5000 ? 5000 * MS : 700 * MS;
    assertThat(plane.sync().startNanos(now, lastEnd)).isEqualTo(startMillis * MS);
  }

  /** Services, endpoints, services that changed, their endpoints: how many ms a sync takes. */
  @ParameterizedTest
  @CsvSource({
    "IPTABLES, 100, 1000, 1, 10, 53",
    // KEP-3453: what has not changed is not loaded, but for a rule of each service.
    "IPTABLES, 10000, 100000, 1, 10, 350",
    "IPTABLES, 10000, 100000, 10000, 100000, 2350",
    "NFTABLES, 10000, 100000, 1, 10, 60",
    "IPVS, 100, 1000, 1, 10, 22",
    "IPVS, 10000, 100000, 1, 10, 220",
    "IPVS, 10000, 100000, 100, 1000, 250",
  })
  void syncsTakeAsLongAsThereIsToDo(
      Dataplane plane,
      long services,
      long endpoints,
      long changes,
      long changedEndpoints,
      long millis) {
    assertThat(plane.sync().durationNanos(services, endpoints, changes, changedEndpoints) / MS)
        .isEqualTo(millis);
  }

  @ParameterizedTest
  @CsvSource({"IPTABLES, 5000, 47", "IPTABLES, 10000, 85", "NFTABLES, 10000, 12", "IPVS, 50, 12"})
  void firstPacketsAreSlowWhereRulesAreWalked(Dataplane plane, long services, long micros) {
    assertThat(Math.round(plane.overheadNanos(services) / 1000)).isBetween(micros - 16, micros);
  }
}
