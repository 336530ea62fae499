package io.towtank.controllers.provisioner;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Fields;
import io.towtank.api.TopologySelectorLabelRequirement;
import io.towtank.api.TopologySelectorTerm;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TopologyTest {
  private static final ImmutableList<ImmutableSortedMap<String, String>> ZONES =
      Topology.sorted(
          ImmutableList.of(
              ImmutableMap.of("zone", "b"),
              ImmutableMap.of("zone", "c"),
              ImmutableMap.of("zone", "a"),
              ImmutableMap.of("zone", "b")));

  @Test
  void aVolumeForANodeIsWhereTheNodeIs() {
    ImmutableMap<String, String> labels = ImmutableMap.of("zone", "a", "rack", "7", "disk", "ssd");
    assertThat(Topology.ofNode(ImmutableList.of("zone", "rack"), labels))
        .isEqualTo(ImmutableMap.of("rack", "7", "zone", "a"));
    assertThat(Topology.ofNode(ImmutableList.of("zone", "row"), labels)).isNull();
    assertThat(Topology.ofNode(ImmutableList.of(), labels)).isEmpty();
  }

  @Test
  void placesAreInOrderAndEachOnce() {
    assertThat(ZONES).extracting(place -> place.get("zone")).containsExactly("a", "b", "c");
  }

  private static String zone(String claim) {
    return String.valueOf(Objects.requireNonNull(Topology.spread(ZONES, claim)).get("zone"));
  }

  @Test
  void theClaimsOfASetGoRoundTheZones() {
    String zones = "abcabc";
    String expected = zones.substring(zones.indexOf(zone("data-db-0")));
    assertThat(zone("data-db-0") + zone("data-db-1") + zone("data-db-2"))
        .isEqualTo(expected.substring(0, 3));
    for (int i = 0; i < 5; i++) {
      assertThat(zone("log-db-" + i)).as("two claims of one pod").isEqualTo(zone("data-db-" + i));
    }
    // FNV-1 of "c" is 0x050c5d7c: mod 3 it is 0.
    assertThat(zone("c")).isEqualTo("a");
    assertThat(Topology.spread(ImmutableList.of(), "c")).isNull();
  }

  @Test
  void aClassAllowsEveryCombination() {
    TopologySelectorTerm term =
        new TopologySelectorTerm(
            ImmutableList.of(
                new TopologySelectorLabelRequirement(
                    "zone", ImmutableList.of("b", "a"), Fields.NONE),
                new TopologySelectorLabelRequirement(
                    "rack", ImmutableList.of("1", "2"), Fields.NONE)),
            Fields.NONE);
    assertThat(Topology.allowed(ImmutableList.of(term)))
        .extracting(place -> place.get("zone") + place.get("rack"))
        .containsExactlyInAnyOrder("a1", "a2", "b1", "b2");
    assertThat(Topology.keys(ImmutableList.of(term))).containsExactly("rack", "zone");
  }
}
