package io.towtank.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.framework.ClusterEvent;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.plugins.Names;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which events each plugin registers for, by kube-scheduler 1.34's table (EventsToRegister with
 * queueing hints). What the hints make of single events is in {@link QueueingHintsTest}, where
 * VolumeBinding's and NodeVolumeLimits' events are, too.
 */
class EventsToRegisterTest {
  private static final ImmutableMap<Integer, String> ACTIONS =
      ImmutableMap.<Integer, String>builder()
          .put(ClusterEvent.ADD, "add")
          .put(ClusterEvent.DELETE, "delete")
          .put(ClusterEvent.UPDATE_NODE_ALLOCATABLE, "allocatable")
          .put(ClusterEvent.UPDATE_NODE_LABEL, "label")
          .put(ClusterEvent.UPDATE_NODE_TAINT, "taint")
          .put(ClusterEvent.UPDATE_POD_LABEL, "label")
          .put(ClusterEvent.UPDATE_POD_SCALE_DOWN, "less")
          .put(ClusterEvent.UPDATE_POD_TOLERATIONS, "tolerations")
          .put(ClusterEvent.UPDATE_POD_GATES_ELIMINATED, "gates")
          .put(ClusterEvent.UPDATE_OTHER, "other")
          .put(ClusterEvent.UPDATE_NODE_CONDITION, "condition")
          .put(ClusterEvent.UPDATE_NODE_ANNOTATION, "annotation")
          .buildOrThrow();

  /** Tested with the hints that belong to them. */
  private static final ImmutableSet<String> ELSEWHERE =
      ImmutableSet.of(Names.VOLUME_BINDING, Names.NODE_VOLUME_LIMITS);

  /** Those that turn pods down without anything in the cluster to wait for. */
  private static final ImmutableSet<String> NOTHING =
      ImmutableSet.of(Names.DYNAMIC_RESOURCES, Names.DEFAULT_PREEMPTION);

  private static Map<String, Plugin> plugins() {
    Profile profile =
        new OfflineScheduler(SchedulerConfiguration.defaults())
            .profile(Fixtures.pod("p", Fixtures.spec("1", "1Gi")));
    Map<String, Plugin> plugins = new LinkedHashMap<>();
    List<Plugin> all = new ArrayList<>(profile.preEnqueue());
    all.addAll(profile.preFilters());
    all.addAll(profile.filters());
    all.addAll(profile.reserve());
    all.addAll(profile.permit());
    all.forEach(plugin -> plugins.put(plugin.name(), plugin));
    return plugins;
  }

  private static String text(ClusterEvent event) {
    Set<String> actions = new TreeSet<>();
    ACTIONS.forEach((bit, name) -> {
      if ((event.actions() & bit) != 0) {
        actions.add(name);
      }
    });
    return event.resource().toString().toLowerCase(Locale.ROOT) + " " + String.join("+", actions);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
NodeUnschedulable  | node add+taint, unscheduled_pod tolerations
NodeName           | node add
TaintToleration    | node add+taint, unscheduled_pod tolerations
NodeAffinity       | node add+label
NodePorts          | assigned_pod delete, node add
NodeResourcesFit   | assigned_pod delete+less, node add+allocatable, unscheduled_pod less
VolumeRestrictions | assigned_pod delete, node add, persistent_volume_claim add
VolumeZone         | node add+label, persistent_volume add+other, persistent_volume_claim add+other, storage_class add
PodTopologySpread  | assigned_pod add+delete+label, node add+delete+label+taint, unscheduled_pod label+tolerations
InterPodAffinity   | assigned_pod add+delete+label, node add+label, unscheduled_pod label
SchedulingGates    | unscheduled_pod gates
""")
  void events(String plugin, String expected) {
    assertThat(
            Objects.requireNonNull(plugins().get(plugin)).eventsToRegister().stream()
                .map(ClusterEventWithHint::event)
                .map(EventsToRegisterTest::text)
                .sorted()
                .collect(Collectors.joining(", ")))
        .isEqualTo(expected);
  }

  @Test
  void everyPluginThatTurnsPodsDownIsHere() throws NoSuchMethodException {
    Set<String> tested = new TreeSet<>(ELSEWHERE);
    CsvSource table =
        EventsToRegisterTest.class
            .getDeclaredMethod("events", String.class, String.class)
            .getAnnotation(CsvSource.class);
    String rows = Objects.requireNonNull(table).textBlock();
    for (String row : Splitter.on('\n').omitEmptyStrings().split(rows)) {
      tested.add(row.substring(0, row.indexOf('|')).strip());
    }
    Set<String> turnDown = new TreeSet<>(plugins().keySet());
    turnDown.removeAll(NOTHING);
    assertThat(turnDown).isEqualTo(tested);
  }
}
