package io.towtank.controllers.provisioner;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Fields;
import io.towtank.api.NodeSelector;
import io.towtank.api.NodeSelectorRequirement;
import io.towtank.api.NodeSelectorTerm;
import io.towtank.api.TopologySelectorLabelRequirement;
import io.towtank.api.TopologySelectorTerm;
import io.towtank.api.VolumeNodeAffinity;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** From where new volumes can be reached (external-provisioner: topology.go). */
final class Topology {
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private Topology() {}

  /**
   * The place of a volume that is made for a node: what its labels say; null where one of them is
   * missing.
   */
  static @Nullable ImmutableSortedMap<String, String> ofNode(
      ImmutableList<String> keys, ImmutableMap<String, String> labels) {
    TreeMap<String, String> place = new TreeMap<>();
    for (String key : keys) {
      String value = labels.get(key);
      if (value == null) {
        return null;
      }
      place.put(key, value);
    }
    return ImmutableSortedMap.copyOf(place);
  }

  /** The places that a class allows: every combination of what it says of each key. */
  static ImmutableList<ImmutableSortedMap<String, String>> allowed(
      ImmutableList<TopologySelectorTerm> terms) {
    List<Map<String, String>> all = new ArrayList<>();
    for (TopologySelectorTerm term : terms) {
      List<Map<String, String>> places = new ArrayList<>();
      places.add(new TreeMap<>());
      for (TopologySelectorLabelRequirement requirement : term.matchLabelExpressions()) {
        List<Map<String, String>> finer = new ArrayList<>();
        for (Map<String, String> place : places) {
          for (String value : requirement.values()) {
            Map<String, String> more = new TreeMap<>(place);
            more.put(requirement.key(), value);
            finer.add(more);
          }
        }
        places = finer;
      }
      all.addAll(places);
    }
    return sorted(all);
  }

  /** Places in order, each once. */
  static ImmutableList<ImmutableSortedMap<String, String>> sorted(
      Iterable<? extends Map<String, String>> places) {
    TreeMap<String, ImmutableSortedMap<String, String>> byText = new TreeMap<>();
    for (Map<String, String> place : places) {
      if (!place.isEmpty()) {
        ImmutableSortedMap<String, String> sorted = ImmutableSortedMap.copyOf(place);
        byText.put(sorted.toString(), sorted);
      }
    }
    return ImmutableList.copyOf(byText.values());
  }

  /**
   * Where a volume goes that is made for no node in particular: those of a StatefulSet's claims go
   * round the places, beginning at one that depends on the set's name
   * (getPVCNameHashAndIndexOffset).
   */
  static @Nullable ImmutableSortedMap<String, String> spread(
      ImmutableList<ImmutableSortedMap<String, String>> places, String claim) {
    if (places.isEmpty()) {
      return null;
    }
    int dash = claim.lastIndexOf('-');
    String number = claim.substring(dash + 1);
    boolean numbered =
        dash > 0
            && !number.isEmpty()
            && number.length() < 10
            && number.chars().allMatch(c -> c >= '0' && c <= '9');
    long start =
        numbered
            ? Integer.toUnsignedLong(hash(ofSet(claim.substring(0, dash)))) + Long.parseLong(number)
            : Integer.toUnsignedLong(hash(claim));
    return places.get((int) ((start & 0xffff_ffffL) % places.size()));
  }

  /** Claims of one set have the template's name before the set's; all of a set go round alike. */
  private static String ofSet(String base) {
    int dash = base.lastIndexOf('-');
    return dash < 0 ? base : base.substring(dash + 1);
  }

  /** FNV-1, as Go's hash/fnv.New32. */
  private static int hash(String text) {
    int hash = FNV_OFFSET;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash *= FNV_PRIME;
      hash ^= b & 0xff;
    }
    return hash;
  }

  /** The keys that a class's places are made of. */
  static ImmutableList<String> keys(ImmutableList<TopologySelectorTerm> terms) {
    TreeSet<String> keys = new TreeSet<>();
    terms.forEach(
        term -> term.matchLabelExpressions().forEach(requirement -> keys.add(requirement.key())));
    return ImmutableList.copyOf(keys);
  }

  /** The node affinity of a volume at a place; null for none (GenerateVolumeNodeAffinity). */
  static @Nullable VolumeNodeAffinity affinity(@Nullable ImmutableSortedMap<String, String> place) {
    if (place == null || place.isEmpty()) {
      return null;
    }
    ImmutableList.Builder<NodeSelectorRequirement> requirements = ImmutableList.builder();
    place.forEach((key, value) ->
        requirements.add(
            new NodeSelectorRequirement(key, "In", ImmutableList.of(value), Fields.NONE)));
    return new VolumeNodeAffinity(
        new NodeSelector(
            ImmutableList.of(
                new NodeSelectorTerm(requirements.build(), ImmutableList.of(), Fields.NONE)),
            Fields.NONE),
        Fields.NONE);
  }
}
