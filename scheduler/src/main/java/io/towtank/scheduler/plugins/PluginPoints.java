package io.towtank.scheduler.plugins;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableTable;
import io.towtank.scheduler.framework.BindPlugin;
import io.towtank.scheduler.framework.FilterPlugin;
import io.towtank.scheduler.framework.PermitPlugin;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.PostBindPlugin;
import io.towtank.scheduler.framework.PostFilterPlugin;
import io.towtank.scheduler.framework.PreBindPlugin;
import io.towtank.scheduler.framework.PreEnqueuePlugin;
import io.towtank.scheduler.framework.QueueSortPlugin;
import io.towtank.scheduler.framework.ReservePlugin;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.framework.TopologyFilterPlugin;
import io.towtank.scheduler.framework.TopologyScorePlugin;
import org.jspecify.annotations.Nullable;

/**
 * At which extension points plugins work, and which of them rest on another (kube-scheduler 1.34:
 * the interfaces that its plugins implement, and what they read from the cycle's state).
 *
 * <p>Here a plugin's PreFilter and Filter are one object, and what a filter needs is always worked
 * out; in a configuration they are two points, which can be set apart. This table says where that
 * makes a difference.
 */
public final class PluginPoints {
  public static final String PRE_ENQUEUE = "preEnqueue";
  public static final String QUEUE_SORT = "queueSort";
  public static final String PRE_FILTER = "preFilter";
  public static final String FILTER = "filter";
  public static final String POST_FILTER = "postFilter";
  public static final String PRE_SCORE = "preScore";
  public static final String SCORE = "score";
  public static final String RESERVE = "reserve";
  public static final String PERMIT = "permit";
  public static final String PRE_BIND = "preBind";
  public static final String BIND = "bind";
  public static final String POST_BIND = "postBind";

  private static final ImmutableMap<String, ImmutableSet<String>> POINTS =
      ImmutableMap.<String, ImmutableSet<String>>builder()
          .put(Names.SCHEDULING_GATES, ImmutableSet.of(PRE_ENQUEUE))
          .put(Names.PRIORITY_SORT, ImmutableSet.of(QUEUE_SORT))
          .put(Names.NODE_UNSCHEDULABLE, ImmutableSet.of(FILTER))
          .put(Names.NODE_NAME, ImmutableSet.of(FILTER))
          .put(Names.TAINT_TOLERATION, ImmutableSet.of(FILTER, PRE_SCORE, SCORE))
          .put(Names.NODE_AFFINITY, ImmutableSet.of(PRE_FILTER, FILTER, PRE_SCORE, SCORE))
          .put(Names.NODE_PORTS, ImmutableSet.of(PRE_FILTER, FILTER))
          .put(Names.NODE_RESOURCES_FIT, ImmutableSet.of(PRE_FILTER, FILTER, PRE_SCORE, SCORE))
          .put(Names.VOLUME_RESTRICTIONS, ImmutableSet.of(PRE_FILTER, FILTER))
          .put(Names.NODE_VOLUME_LIMITS, ImmutableSet.of(PRE_FILTER, FILTER))
          .put(
              Names.VOLUME_BINDING,
              ImmutableSet.of(PRE_FILTER, FILTER, PRE_SCORE, SCORE, RESERVE, PRE_BIND))
          .put(Names.VOLUME_ZONE, ImmutableSet.of(PRE_FILTER, FILTER))
          .put(Names.POD_TOPOLOGY_SPREAD, ImmutableSet.of(PRE_FILTER, FILTER, PRE_SCORE, SCORE))
          .put(Names.INTER_POD_AFFINITY, ImmutableSet.of(PRE_FILTER, FILTER, PRE_SCORE, SCORE))
          .put(
              Names.DYNAMIC_RESOURCES,
              ImmutableSet.of(PRE_ENQUEUE, PRE_FILTER, FILTER, POST_FILTER, RESERVE, PRE_BIND))
          .put(Names.DEFAULT_PREEMPTION, ImmutableSet.of(PRE_ENQUEUE, POST_FILTER))
          .put(Names.NODE_RESOURCES_BALANCED_ALLOCATION, ImmutableSet.of(PRE_SCORE, SCORE))
          .put(Names.IMAGE_LOCALITY, ImmutableSet.of(SCORE))
          .put(Names.DEFAULT_BINDER, ImmutableSet.of(BIND))
          .buildOrThrow();

  /** By plugin and point: the earlier point without which the later one fails for every pod. */
  private static final ImmutableTable<String, String, String> NEEDS =
      ImmutableTable.<String, String, String>builder()
          .put(Names.NODE_PORTS, FILTER, PRE_FILTER)
          .put(Names.NODE_RESOURCES_FIT, FILTER, PRE_FILTER)
          .put(Names.VOLUME_RESTRICTIONS, FILTER, PRE_FILTER)
          .put(Names.VOLUME_BINDING, FILTER, PRE_FILTER)
          .put(Names.POD_TOPOLOGY_SPREAD, FILTER, PRE_FILTER)
          .put(Names.INTER_POD_AFFINITY, FILTER, PRE_FILTER)
          .put(Names.DYNAMIC_RESOURCES, FILTER, PRE_FILTER)
          .put(Names.TAINT_TOLERATION, SCORE, PRE_SCORE)
          .put(Names.POD_TOPOLOGY_SPREAD, SCORE, PRE_SCORE)
          .put(Names.INTER_POD_AFFINITY, SCORE, PRE_SCORE)
          .put(Names.VOLUME_BINDING, RESERVE, PRE_FILTER)
          .put(Names.DYNAMIC_RESOURCES, RESERVE, PRE_FILTER)
          .put(Names.VOLUME_BINDING, PRE_BIND, RESERVE)
          .put(Names.DYNAMIC_RESOURCES, PRE_BIND, PRE_FILTER)
          .build();

  private PluginPoints() {}

  /** Where a plugin works: those of kube-scheduler by its table, users' by their interfaces. */
  public static ImmutableSet<String> of(Plugin plugin) {
    ImmutableSet<String> known = POINTS.get(plugin.name());
    return known == null ? byInterface(plugin) : known;
  }

  /** The plugins of kube-scheduler that work at a point. */
  public static ImmutableSet<String> at(String point) {
    return POINTS.keySet().stream()
        .filter(name -> POINTS.getOrDefault(name, ImmutableSet.of()).contains(point))
        .collect(ImmutableSet.toImmutableSet());
  }

  /** Whether it is none of kube-scheduler's. */
  public static boolean isOfUser(Plugin plugin) {
    return !POINTS.containsKey(plugin.name());
  }

  /** Whether a plugin has code for a point here: VolumeBinding scores nothing, for one. */
  public static boolean worksAt(String point, Plugin plugin) {
    return of(plugin).contains(point) && byInterface(plugin).contains(point);
  }

  private static ImmutableSet<String> byInterface(Plugin plugin) {
    ImmutableSet.Builder<String> points = ImmutableSet.builder();
    add(points, plugin instanceof PreEnqueuePlugin, PRE_ENQUEUE);
    add(points, plugin instanceof QueueSortPlugin, QUEUE_SORT);
    boolean filter = plugin instanceof FilterPlugin || plugin instanceof TopologyFilterPlugin;
    add(points, filter, PRE_FILTER, FILTER);
    add(points, plugin instanceof PostFilterPlugin, POST_FILTER);
    boolean score = plugin instanceof ScorePlugin || plugin instanceof TopologyScorePlugin;
    add(points, score, PRE_SCORE, SCORE);
    add(points, plugin instanceof ReservePlugin, RESERVE);
    add(points, plugin instanceof PermitPlugin, PERMIT);
    add(points, plugin instanceof PreBindPlugin, PRE_BIND);
    add(points, plugin instanceof BindPlugin, BIND);
    add(points, plugin instanceof PostBindPlugin, POST_BIND);
    return points.build();
  }

  private static void add(ImmutableSet.Builder<String> points, boolean is, String... names) {
    if (is) {
      points.add(names);
    }
  }

  /** The earlier point without which a plugin fails at a point; null where it does without. */
  public static @Nullable String needs(String point, Plugin plugin) {
    if (!isOfUser(plugin)) {
      return NEEDS.get(plugin.name(), point);
    }
    return switch (point) {
      case FILTER -> PRE_FILTER;
      case SCORE -> PRE_SCORE;
      default -> null;
    };
  }

  /**
   * The earlier point without which a plugin has nothing to do at a point; null where there is
   * none. VolumeBinding reserves and binds the volumes that its filter found.
   */
  public static @Nullable String isIdleWithout(String point, Plugin plugin) {
    return plugin.name().equals(Names.VOLUME_BINDING)
            && (point.equals(RESERVE) || point.equals(PRE_BIND))
        ? FILTER
        : null;
  }
}
