package io.towtank.scheduler.plugins;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.NodeAffinity;
import io.towtank.api.TopologySpreadConstraint;
import io.towtank.codec.ObjectCodec;
import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.PluginFactory;
import io.towtank.scheduler.config.PluginSet;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.plugins.defaultbinder.DefaultBinder;
import io.towtank.scheduler.plugins.defaultpreemption.DefaultPreemption;
import io.towtank.scheduler.plugins.dynamicresources.DynamicResources;
import io.towtank.scheduler.plugins.imagelocality.ImageLocality;
import io.towtank.scheduler.plugins.interpodaffinity.InterPodAffinity;
import io.towtank.scheduler.plugins.nodename.NodeName;
import io.towtank.scheduler.plugins.nodeports.NodePorts;
import io.towtank.scheduler.plugins.noderesources.BalancedAllocation;
import io.towtank.scheduler.plugins.noderesources.Fit;
import io.towtank.scheduler.plugins.noderesources.ResourceSpec;
import io.towtank.scheduler.plugins.noderesources.ScoringStrategy;
import io.towtank.scheduler.plugins.nodeunschedulable.NodeUnschedulable;
import io.towtank.scheduler.plugins.nodevolumelimits.NodeVolumeLimits;
import io.towtank.scheduler.plugins.podtopologyspread.PodTopologySpread;
import io.towtank.scheduler.plugins.queuesort.PrioritySort;
import io.towtank.scheduler.plugins.schedulinggates.SchedulingGates;
import io.towtank.scheduler.plugins.tainttoleration.TaintToleration;
import io.towtank.scheduler.plugins.volumebinding.VolumeBinding;
import io.towtank.scheduler.plugins.volumerestrictions.VolumeRestrictions;
import io.towtank.scheduler.plugins.volumezone.VolumeZone;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The plugins of kube-scheduler. */
public final class Registry {
  /** What is enabled where nothing is configured (kube-scheduler 1.34: getDefaultPlugins). */
  public static final PluginSet DEFAULT_PLUGINS =
      new PluginSet(
          ImmutableList.of(
              entry(Names.SCHEDULING_GATES, 0),
              entry(Names.PRIORITY_SORT, 0),
              entry(Names.NODE_UNSCHEDULABLE, 0),
              entry(Names.NODE_NAME, 0),
              entry(Names.TAINT_TOLERATION, 3),
              entry(Names.NODE_AFFINITY, 2),
              entry(Names.NODE_PORTS, 0),
              entry(Names.NODE_RESOURCES_FIT, 1),
              entry(Names.VOLUME_RESTRICTIONS, 0),
              entry(Names.NODE_VOLUME_LIMITS, 0),
              entry(Names.VOLUME_BINDING, 0),
              entry(Names.VOLUME_ZONE, 0),
              entry(Names.POD_TOPOLOGY_SPREAD, 2),
              entry(Names.INTER_POD_AFFINITY, 2),
              entry(Names.DYNAMIC_RESOURCES, 0),
              entry(Names.DEFAULT_PREEMPTION, 0),
              entry(Names.NODE_RESOURCES_BALANCED_ALLOCATION, 1),
              entry(Names.IMAGE_LOCALITY, 1),
              entry(Names.DEFAULT_BINDER, 0)),
          ImmutableList.of());

  private static final long SECOND = 1_000_000_000L;
  private static final String LEAST_ALLOCATED = "LeastAllocated";
  private static final String MOST_ALLOCATED = "MostAllocated";
  private static final String REQUESTED_TO_CAPACITY_RATIO = "RequestedToCapacityRatio";

  private Registry() {}

  private static PluginSet.Entry entry(String name, int weight) {
    return new PluginSet.Entry(name, weight);
  }

  /** How to make each plugin, by name. */
  public static Map<String, PluginFactory> factories() {
    Map<String, PluginFactory> factories = new LinkedHashMap<>();
    add(factories, Names.SCHEDULING_GATES, (a, c) -> new SchedulingGates());
    add(factories, Names.PRIORITY_SORT, (a, c) -> new PrioritySort());
    add(factories, Names.NODE_UNSCHEDULABLE, (a, c) -> new NodeUnschedulable());
    add(factories, Names.NODE_NAME, (a, c) -> new NodeName());
    add(factories, Names.TAINT_TOLERATION, (a, c) -> new TaintToleration());
    add(factories, Names.NODE_AFFINITY, Registry::nodeAffinity, "addedAffinity");
    add(factories, Names.NODE_PORTS, (a, c) -> new NodePorts());
    add(
        factories,
        Names.NODE_RESOURCES_FIT,
        Registry::fit,
        "scoringStrategy",
        "ignoredResources",
        "ignoredResourceGroups");
    add(factories, Names.VOLUME_RESTRICTIONS, (a, c) -> new VolumeRestrictions(c.state()));
    add(factories, Names.NODE_VOLUME_LIMITS, (a, c) -> new NodeVolumeLimits(c.state()));
    add(factories, Names.VOLUME_BINDING, Registry::volumeBinding, "bindTimeoutSeconds", "shape");
    add(factories, Names.VOLUME_ZONE, (a, c) -> new VolumeZone(c.state()));
    add(
        factories,
        Names.POD_TOPOLOGY_SPREAD,
        (a, c) -> new PodTopologySpread(c.state(), c.workloads(), defaultConstraints(a)),
        "defaultConstraints",
        "defaultingType");
    add(
        factories,
        Names.INTER_POD_AFFINITY,
        (a, c) ->
            new InterPodAffinity(
                c.state(),
                (int) a.number("hardPodAffinityWeight", 1, 0, 100),
                a.bool("ignorePreferredTermsOfExistingPods", false)),
        "hardPodAffinityWeight",
        "ignorePreferredTermsOfExistingPods");
    add(factories, Names.DYNAMIC_RESOURCES, Registry::dynamicResources, "filterTimeout");
    add(
        factories,
        Names.DEFAULT_PREEMPTION,
        Registry::preemption,
        "minCandidateNodesPercentage",
        "minCandidateNodesAbsolute");
    add(
        factories,
        Names.NODE_RESOURCES_BALANCED_ALLOCATION,
        (a, c) -> new BalancedAllocation(c.state(), unweighted(a)),
        "resources");
    add(factories, Names.IMAGE_LOCALITY, (a, c) -> new ImageLocality(c.state()));
    add(factories, Names.DEFAULT_BINDER, (a, c) -> new DefaultBinder(c.client()));
    return factories;
  }

  private static void add(
      Map<String, PluginFactory> factories,
      String name,
      BiFunction<Arguments, PluginContext, Plugin> create,
      String... argumentFields) {
    factories.put(
        name,
        new PluginFactory() {
          @Override
          public String name() {
            return name;
          }

          @Override
          public Plugin create(Arguments arguments, PluginContext context) {
            return create.apply(arguments.allow(argumentFields), context);
          }
        });
  }

  private static @Nullable ImmutableList<TopologySpreadConstraint> defaultConstraints(
      Arguments arguments) {
    JsonNode given = arguments.get("defaultConstraints");
    if (arguments.word("defaultingType", "System", "System", "List").equals("System")) {
      if (given != null && !given.isEmpty()) {
        throw arguments.wrong("defaultConstraints", "needs defaultingType: List", null);
      }
      return null;
    }
    ImmutableList.Builder<TopologySpreadConstraint> constraints = ImmutableList.builder();
    for (Arguments constraint : arguments.objects("defaultConstraints")) {
      constraint.refuse(
          "labelSelector", "pods are selected by the services and workloads they are of");
    }
    if (given != null) {
      PodSpecPart.check(
          arguments.path().field("defaultConstraints"), given, "topologySpreadConstraints");
      for (JsonNode constraint : given) {
        constraints.add(ObjectCodec.readPart(TopologySpreadConstraint.class, constraint));
      }
    }
    return constraints.build();
  }

  private static Plugin nodeAffinity(Arguments arguments, PluginContext context) {
    var added = arguments.get("addedAffinity");
    if (added != null) {
      PodSpecPart.check(arguments.path().field("addedAffinity"), added, "affinity", "nodeAffinity");
    }
    return new io.towtank.scheduler.plugins.nodeaffinity.NodeAffinity(
        context.state(), added == null ? null : ObjectCodec.readPart(NodeAffinity.class, added));
  }

  private static Plugin preemption(Arguments arguments, PluginContext context) {
    int percentage = (int) arguments.number("minCandidateNodesPercentage", 10, 0, 100);
    int absolute = (int) arguments.number("minCandidateNodesAbsolute", 100, 0, Integer.MAX_VALUE);
    if (percentage == 0 && absolute == 0) {
      throw arguments.wrong(
          "minCandidateNodesPercentage",
          "cannot be zero at the same time as minCandidateNodesAbsolute",
          null);
    }
    return new DefaultPreemption(
        context.state(),
        context.budgets(),
        context.epochNanos(),
        context.random(),
        context.extenders(),
        context.handle()::isPreempting,
        percentage,
        absolute);
  }

  private static Plugin volumeBinding(Arguments arguments, PluginContext context) {
    arguments.refuse(
        "shape",
        "needs the feature gate StorageCapacityScoring, which is alpha and off in Kubernetes 1.34");
    return new VolumeBinding(
        context, arguments.number("bindTimeoutSeconds", 600, 0, Integer.MAX_VALUE) * SECOND);
  }

  private static Plugin dynamicResources(Arguments arguments, PluginContext context) {
    // There are no claims to allocate, so that no filter of them takes any time.
    arguments.duration("filterTimeout", 10 * SECOND);
    return new DynamicResources();
  }

  private static Plugin fit(Arguments arguments, PluginContext context) {
    for (String group : arguments.texts("ignoredResourceGroups")) {
      if (group.contains("/")) {
        throw arguments.wrong(
            "ignoredResourceGroups",
            "\"" + group + "\" is no group: it is what is before the slash of a resource's name",
            "did you mean \"" + group.substring(0, group.indexOf('/')) + "\"?");
      }
    }
    return new Fit(
        context.state(),
        strategy(arguments.object("scoringStrategy")),
        ImmutableSet.<String>builder()
            .addAll(arguments.names("ignoredResources"))
            .addAll(context.ignoredResources())
            .build(),
        ImmutableSet.copyOf(arguments.names("ignoredResourceGroups")));
  }

  private static ScoringStrategy strategy(Arguments strategy) {
    strategy.allow("type", "resources", "requestedToCapacityRatio");
    ImmutableList<ResourceSpec> resources = resources(strategy);
    // Only a strategy that is not there at all is the default one.
    String type =
        strategy.word(
            "type",
            strategy.isAbsent() ? LEAST_ALLOCATED : "",
            LEAST_ALLOCATED,
            MOST_ALLOCATED,
            REQUESTED_TO_CAPACITY_RATIO);
    if (type.equals(REQUESTED_TO_CAPACITY_RATIO)) {
      return new ScoringStrategy.RequestedToCapacityRatio(
          resources, shape(strategy.object("requestedToCapacityRatio")));
    }
    strategy.refuse("requestedToCapacityRatio", "needs type: " + REQUESTED_TO_CAPACITY_RATIO);
    return type.equals(MOST_ALLOCATED)
        ? new ScoringStrategy.MostAllocated(resources)
        : new ScoringStrategy.LeastAllocated(resources);
  }

  private static ImmutableList<ScoringStrategy.RequestedToCapacityRatio.Point> shape(
      Arguments ratio) {
    ImmutableList.Builder<ScoringStrategy.RequestedToCapacityRatio.Point> shape =
        ImmutableList.builder();
    long last = -1;
    for (Arguments point : ratio.allow("shape").objects("shape")) {
      point.allow("utilization", "score");
      long utilization = point.number("utilization", 0, 0, 100);
      if (utilization <= last) {
        throw point.wrong("utilization", "has to be more than the one before, " + last, null);
      }
      last = utilization;
      shape.add(
          new ScoringStrategy.RequestedToCapacityRatio.Point(
              utilization, point.number("score", 0, 0, 10)));
    }
    if (last < 0) {
      throw ratio.wrong("shape", "at least one point is needed", null);
    }
    return shape.build();
  }

  /** Each once, with weight 1 (kube-scheduler: ValidateNodeResourcesBalancedAllocationArgs). */
  private static ImmutableList<ResourceSpec> unweighted(Arguments arguments) {
    Set<String> seen = new HashSet<>();
    for (Arguments resource : arguments.objects("resources")) {
      if (!seen.add(resource.text("name"))) {
        throw resource.wrong("name", resource.text("name") + " is here twice", null);
      }
      if (resource.number("weight", 1, 0, 100) > 1) {
        throw resource.wrong("weight", "has to be 1: here resources have no weights", null);
      }
    }
    return resources(arguments);
  }

  /** Weight 0 is none given, which is 1 (kube-scheduler: SetDefaults_NodeResourcesFitArgs). */
  private static ImmutableList<ResourceSpec> resources(Arguments arguments) {
    ImmutableList.Builder<ResourceSpec> resources = ImmutableList.builder();
    for (Arguments resource : arguments.objects("resources")) {
      resource.allow("name", "weight");
      long weight = resource.number("weight", 1, 0, 100);
      resources.add(new ResourceSpec(resource.text("name"), Math.max(1, weight)));
    }
    ImmutableList<ResourceSpec> given = resources.build();
    return given.isEmpty() ? ScoringStrategy.CPU_AND_MEMORY : given;
  }
}
