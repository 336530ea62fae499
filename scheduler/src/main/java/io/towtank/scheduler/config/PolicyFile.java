package io.towtank.scheduler.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.towtank.api.Durations;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.plugins.PluginPoints;
import io.towtank.validation.FieldPath;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A scheduler policy of old ({@code kind: Policy}, gone since Kubernetes 1.23), read as the
 * configuration that took its place: predicates became filters, priorities became scores
 * (kube-scheduler 1.22: LegacyRegistry).
 *
 * @param configuration what it means today
 * @param mappings what became of each of its parts
 */
public record PolicyFile(
    SchedulerConfiguration configuration, ImmutableList<ConfigurationNote> mappings) {
  /** The kind of policy files. */
  public static final String KIND = "Policy";

  private static final String VERSION = "v1";

  private static final String ENABLE_HTTPS = "enableHttps";
  private static final String TIMEOUT = "httpTimeout";

  private static final String LEAST = "LeastAllocated";
  private static final String MOST = "MostAllocated";

  /** Pressure shows as a taint on the node since Kubernetes 1.12 (TaintNodesByCondition). */
  private static final String BY_TAINT = " (the node's condition shows as a taint)";

  private static final ImmutableList<String> ALWAYS =
      ImmutableList.of(Names.NODE_UNSCHEDULABLE, Names.TAINT_TOLERATION);

  private static final ImmutableMap<String, ImmutableList<String>> PREDICATES =
      ImmutableMap.<String, ImmutableList<String>>builder()
          .put("PodFitsResources", ImmutableList.of(Names.NODE_RESOURCES_FIT))
          .put("PodFitsHostPorts", ImmutableList.of(Names.NODE_PORTS))
          .put("PodFitsPorts", ImmutableList.of(Names.NODE_PORTS))
          .put("HostName", ImmutableList.of(Names.NODE_NAME))
          .put("PodSelectorMatches", ImmutableList.of(Names.NODE_AFFINITY))
          .put("MatchNodeSelector", ImmutableList.of(Names.NODE_AFFINITY))
          .put(
              "GeneralPredicates",
              ImmutableList.of(
                  Names.NODE_RESOURCES_FIT, Names.NODE_NAME, Names.NODE_PORTS, Names.NODE_AFFINITY))
          .put("NoDiskConflict", ImmutableList.of(Names.VOLUME_RESTRICTIONS))
          .put("NoVolumeZoneConflict", ImmutableList.of(Names.VOLUME_ZONE))
          .put("CheckVolumeBinding", ImmutableList.of(Names.VOLUME_BINDING))
          .put("MaxCSIVolumeCountPred", ImmutableList.of(Names.NODE_VOLUME_LIMITS))
          .put("MaxEBSVolumeCount", ImmutableList.of(Names.NODE_VOLUME_LIMITS))
          .put("MaxGCEPDVolumeCount", ImmutableList.of(Names.NODE_VOLUME_LIMITS))
          .put("MaxAzureDiskVolumeCount", ImmutableList.of(Names.NODE_VOLUME_LIMITS))
          .put("MaxCinderVolumeCount", ImmutableList.of(Names.NODE_VOLUME_LIMITS))
          .put("MatchInterPodAffinity", ImmutableList.of(Names.INTER_POD_AFFINITY))
          .put("EvenPodsSpread", ImmutableList.of(Names.POD_TOPOLOGY_SPREAD))
          .put("PodToleratesNodeTaints", ImmutableList.of(Names.TAINT_TOLERATION))
          .put("CheckNodeUnschedulable", ImmutableList.of(Names.NODE_UNSCHEDULABLE))
          .put("CheckNodeCondition", ImmutableList.of(Names.TAINT_TOLERATION))
          .put("CheckNodeDiskPressure", ImmutableList.of(Names.TAINT_TOLERATION))
          .put("CheckNodeMemoryPressure", ImmutableList.of(Names.TAINT_TOLERATION))
          .put("CheckNodePIDPressure", ImmutableList.of(Names.TAINT_TOLERATION))
          .buildOrThrow();

  private static final ImmutableSet<String> CONDITIONS =
      ImmutableSet.of(
          "CheckNodeCondition",
          "CheckNodeDiskPressure",
          "CheckNodeMemoryPressure",
          "CheckNodePIDPressure");

  private static final ImmutableMap<String, String> PRIORITIES =
      ImmutableMap.<String, String>builder()
          .put("LeastRequestedPriority", Names.NODE_RESOURCES_FIT)
          .put("MostRequestedPriority", Names.NODE_RESOURCES_FIT)
          .put("BalancedResourceAllocation", Names.NODE_RESOURCES_BALANCED_ALLOCATION)
          .put("SelectorSpreadPriority", Names.POD_TOPOLOGY_SPREAD)
          .put("ServiceSpreadingPriority", Names.POD_TOPOLOGY_SPREAD)
          .put("EvenPodsSpreadPriority", Names.POD_TOPOLOGY_SPREAD)
          .put("InterPodAffinityPriority", Names.INTER_POD_AFFINITY)
          .put("NodeAffinityPriority", Names.NODE_AFFINITY)
          .put("TaintTolerationPriority", Names.TAINT_TOLERATION)
          .put("ImageLocalityPriority", Names.IMAGE_LOCALITY)
          .buildOrThrow();

  private static final ImmutableMap<String, String> STRATEGIES =
      ImmutableMap.of("LeastRequestedPriority", LEAST, "MostRequestedPriority", MOST);

  private static final ImmutableSet<String> BY_CONSTRAINTS =
      ImmutableSet.of("SelectorSpreadPriority", "ServiceSpreadingPriority");

  /** Those that no score of today stands for, and why none is missed. */
  private static final ImmutableMap<String, String> LEFT_OUT =
      ImmutableMap.of(
          "EqualPriority",
          "changes no order and is left out",
          "NodePreferAvoidPodsPriority",
          "is left out: the annotation preferAvoidPods has meant nothing since Kubernetes 1.23");

  private static final String RATIO = "RequestedToCapacityRatio";
  private static final String RATIO_ARGUMENT = "requestedToCapacityRatioArguments";

  private static final ImmutableSet<String> PRIORITY_NAMES =
      Sets.union(PRIORITIES.keySet(), LEFT_OUT.keySet()).immutableCopy();

  /** Whether a document is a policy. */
  public static boolean is(JsonNode document) {
    return document.path("kind").asText().equals(KIND)
        && document.path("apiVersion").asText(VERSION).equals(VERSION);
  }

  /**
   * Reads a policy.
   *
   * @throws ConfigurationException where something is unknown or wrong
   */
  public static PolicyFile read(JsonNode document) {
    return new Reader().read(Arguments.of(FieldPath.ROOT, document));
  }

  /** Reads one policy. */
  private static final class Reader {
    private final List<ConfigurationNote> mappings = new ArrayList<>();
    private final ObjectNode plugins = JsonNodeFactory.instance.objectNode();
    private final ArrayNode pluginConfig = JsonNodeFactory.instance.arrayNode();

    PolicyFile read(Arguments policy) {
      policy.word("kind", KIND, KIND);
      policy.word("apiVersion", VERSION, VERSION);
      policy.allow(
          "predicates",
          "priorities",
          "extenders",
          "hardPodAffinitySymmetricWeight",
          "alwaysCheckAllPredicates",
          "metadata");
      if (policy.bool("alwaysCheckAllPredicates", false)) {
        throw policy.wrong(
            "alwaysCheckAllPredicates", "a node is out with the first filter that says so", null);
      }
      if (policy.get("predicates") != null) {
        filters(policy.objects("predicates"));
      }
      if (policy.get("priorities") != null) {
        scores(policy.objects("priorities"));
      }
      if (policy.get("hardPodAffinitySymmetricWeight") != null) {
        long weight = policy.number("hardPodAffinitySymmetricWeight", 1, 0, 100);
        configure(Names.INTER_POD_AFFINITY).put("hardPodAffinityWeight", weight);
        mappings.add(
            new ConfigurationNote(
                policy.path().field("hardPodAffinitySymmetricWeight"),
                "hardPodAffinitySymmetricWeight is read as InterPodAffinity's"
                    + " hardPodAffinityWeight"));
      }
      ObjectNode configuration = JsonNodeFactory.instance.objectNode();
      ObjectNode profile = configuration.putArray("profiles").addObject();
      profile.set("plugins", plugins);
      profile.set("pluginConfig", pluginConfig);
      ArrayNode extenders = configuration.putArray("extenders");
      for (Arguments extender : policy.objects("extenders")) {
        extenders.add(extender(extender));
      }
      SchedulerConfiguration read = SchedulerConfiguration.read(configuration);
      mappings.addAll(read.notes());
      return new PolicyFile(read, ImmutableList.copyOf(mappings));
    }

    /** kube-scheduler 1.22: LegacyExtender. */
    private ObjectNode extender(Arguments extender) {
      ObjectNode today = extender.copy();
      List<String> changed = new ArrayList<>();
      if (today.has(ENABLE_HTTPS)) {
        if (today.has("enableHTTPS")) {
          throw extender.wrong(ENABLE_HTTPS, "is given twice, also as enableHTTPS", null);
        }
        today.set("enableHTTPS", today.remove(ENABLE_HTTPS));
        changed.add(ENABLE_HTTPS + " as enableHTTPS");
      }
      if (today.path(TIMEOUT).isNumber()) {
        String text = Durations.format(extender.number(TIMEOUT, 0, 0, Long.MAX_VALUE));
        today.put(TIMEOUT, text);
        changed.add(TIMEOUT + ", in nanoseconds, as " + text);
      }
      if (today.remove("apiVersion") != null) {
        changed.add("apiVersion is not needed any more");
      }
      mappings.add(
          new ConfigurationNote(
              extender.path(),
              "extender "
                  + extender.text("urlPrefix")
                  + " is read as an extender of a KubeSchedulerConfiguration"
                  + (changed.isEmpty() ? "" : "; " + String.join(", ", changed))));
      return today;
    }

    private ObjectNode configure(String plugin) {
      return pluginConfig.addObject().put("name", plugin).putObject("args");
    }

    private void filters(ImmutableList<Arguments> predicates) {
      Set<String> filters = new LinkedHashSet<>(ALWAYS);
      for (Arguments predicate : predicates) {
        String name = predicate.allow("name", "argument").text("name");
        ImmutableList<String> mapped = PREDICATES.get(name);
        if (mapped == null) {
          throw predicate.wrong(
              "name",
              "there is no predicate \"" + name + "\" that a filter of today could stand for",
              Arguments.advice(name, PREDICATES.keySet()));
        }
        predicate.refuse("argument", "predicate " + name + " takes none");
        filters.addAll(mapped);
        mappings.add(
            new ConfigurationNote(
                predicate.path(),
                "predicate "
                    + name
                    + " is read as "
                    + (mapped.size() == 1 ? "filter " : "filters ")
                    + String.join(", ", mapped)
                    + (CONDITIONS.contains(name) ? BY_TAINT : "")));
      }
      enable(PluginPoints.PRE_FILTER, filters, ImmutableMap.of());
      enable(PluginPoints.FILTER, filters, ImmutableMap.of());
      for (String point : ImmutableList.of(PluginPoints.RESERVE, PluginPoints.PRE_BIND)) {
        ArrayNode disabled = plugins.putObject(point).putArray("disabled");
        for (String name : Sets.difference(PluginPoints.at(point), filters)) {
          disabled.addObject().put("name", name);
        }
      }
    }

    private void scores(ImmutableList<Arguments> priorities) {
      Map<String, Long> weights = new LinkedHashMap<>();
      Map<String, Long> strategies = new LinkedHashMap<>();
      boolean cancelled = cancelEachOther(priorities);
      for (Arguments priority : priorities) {
        String name = priority.allow("name", "weight", "argument").text("name");
        long weight = priority.number("weight", 1, 0, Integer.MAX_VALUE);
        String plugin = PRIORITIES.get(name);
        Arguments argument = priority.object("argument");
        if (argument.get(RATIO_ARGUMENT) != null) {
          plugin = Names.NODE_RESOURCES_FIT;
        } else if (plugin == null && !LEFT_OUT.containsKey(name)) {
          throw priority.wrong(
              "name",
              "there is no priority \"" + name + "\" that a score of today could stand for",
              Arguments.advice(name, PRIORITY_NAMES));
        } else {
          priority.refuse("argument", "priority " + name + " takes none");
        }
        if (plugin == null || weight == 0) {
          leftOut(priority, name, LEFT_OUT.getOrDefault(name, "changes no order and is left out"));
          continue;
        }
        if (cancelled && STRATEGIES.containsKey(name)) {
          leftOut(
              priority,
              name,
              "is left out: LeastRequestedPriority and MostRequestedPriority of one weight cancel"
                  + " each other");
          continue;
        }
        String strategy = argument.isEmpty() ? STRATEGIES.get(name) : RATIO;
        if (strategy != null) {
          strategies.merge(strategy, weight, Long::sum);
          if (strategies.size() > 1) {
            throw priority.wrong(
                "name",
                "a profile scores requested resources in one way, and these are two: "
                    + String.join(", ", strategies.keySet()),
                null);
          }
          configureStrategy(strategy, argument);
        }
        weights.merge(plugin, weight, Long::sum);
        mappings.add(
            new ConfigurationNote(priority.path(), scoreMessage(name, plugin, strategy, weight)));
      }
      enable(PluginPoints.PRE_SCORE, weights.keySet(), ImmutableMap.of());
      enable(PluginPoints.SCORE, weights.keySet(), weights);
    }

    private void leftOut(Arguments priority, String name, String why) {
      mappings.add(new ConfigurationNote(priority.path(), "priority " + name + " " + why));
    }

    /** What one takes away the other adds: 100 - x and x of each resource. */
    private static boolean cancelEachOther(ImmutableList<Arguments> priorities) {
      Map<String, Long> weights = new LinkedHashMap<>();
      for (Arguments priority : priorities) {
        String name = priority.text("name", "");
        if (STRATEGIES.containsKey(name)) {
          weights.merge(name, priority.number("weight", 1, 0, Integer.MAX_VALUE), Long::sum);
        }
      }
      return weights.size() == 2 && ImmutableSet.copyOf(weights.values()).size() == 1;
    }

    private void configureStrategy(String type, Arguments argument) {
      for (JsonNode plugin : pluginConfig) {
        if (plugin.path("name").asText().equals(Names.NODE_RESOURCES_FIT)) {
          if (type.equals(RATIO)) {
            throw argument.wrong(
                RATIO_ARGUMENT, "is given by another priority, too: a profile has one", null);
          }
          return;
        }
      }
      ObjectNode strategy = configure(Names.NODE_RESOURCES_FIT).putObject("scoringStrategy");
      strategy.put("type", type);
      if (type.equals(RATIO)) {
        Arguments ratio = argument.allow(RATIO_ARGUMENT).object(RATIO_ARGUMENT);
        ObjectNode given = ratio.allow("shape", "resources").copy();
        if (given.has("resources")) {
          strategy.set("resources", given.remove("resources"));
        }
        strategy.set("requestedToCapacityRatio", given);
      }
    }

    private static String scoreMessage(
        String name, String plugin, @Nullable String strategy, long weight) {
      return "priority "
          + name
          + " is read as score "
          + plugin
          + (strategy == null ? "" : " with scoringStrategy " + strategy)
          + (BY_CONSTRAINTS.contains(name) ? " with its default constraints" : "")
          + ", weight "
          + weight;
    }

    private void enable(String point, Set<String> names, Map<String, Long> weights) {
      ObjectNode set = plugins.putObject(point);
      set.putArray("disabled").addObject().put("name", PluginSet.ALL);
      ArrayNode enabled = set.putArray("enabled");
      for (String name : Sets.intersection(names, PluginPoints.at(point))) {
        ObjectNode entry = enabled.addObject().put("name", name);
        Long weight = weights.get(name);
        if (weight != null) {
          entry.put("weight", weight);
        }
      }
    }
  }
}
