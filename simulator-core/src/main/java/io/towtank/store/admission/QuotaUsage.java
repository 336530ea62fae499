package io.towtank.store.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Container;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.QosClass;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceQuota;
import io.towtank.api.ResourceQuotaSpec;
import io.towtank.api.Service;
import io.towtank.api.ServiceSpec;
import io.towtank.codec.ObjectCodec;
import io.towtank.store.IdentityMemo;
import io.towtank.volume.VolumeMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What objects use of quotas (pkg/quota/v1/evaluator/core). Both who admits an object and who
 * counts what there is ask here.
 */
public final class QuotaUsage {
  private static final Quantity ONE = Quantity.of(1);
  private static final String REQUESTS = "requests.";
  private static final String LIMITS = "limits.";
  private static final String COUNT = "count/";
  private static final String STORAGE_CLASS = ".storageclass.storage.k8s.io/";

  /** Where a quota speaks of one, every container of a pod has to say what it wants of it. */
  private static final ImmutableSet<String> TO_BE_SPECIFIED =
      ImmutableSet.of(
          "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");

  /** Core resources that are counted under their plain names too. */
  private static final ImmutableSet<String> PLAIN_COUNTS =
      ImmutableSet.of("configmaps", "secrets", "replicationcontrollers", "resourcequotas");

  private static final ImmutableSortedMap<String, Quantity> OF_ENDED_POD =
      ImmutableSortedMap.of("count/pods", ONE);

  /** All pods of a template share one spec. */
  private final IdentityMemo<PodSpec, ImmutableSortedMap<String, Quantity>> ofSpecs =
      new IdentityMemo<>(1 << 16, QuotaUsage::ofPod);

  /** What an object uses, by the names that quotas have for it. */
  public ImmutableSortedMap<String, Quantity> of(KubeObject object) {
    return switch (object) {
      case Pod pod ->
          pod.status().phase() != null && pod.status().phase().isTerminal()
              ? OF_ENDED_POD
              : ofSpecs.get(pod.spec());
      case Service service -> ofService(service);
      case PersistentVolumeClaim claim -> ofClaim(claim);
      default -> {
        Kind<?> kind = object.kind();
        String resource = kind.plural() + (kind.group().isEmpty() ? "" : "." + kind.group());
        yield PLAIN_COUNTS.contains(resource)
            ? ImmutableSortedMap.of(COUNT + resource, ONE, resource, ONE)
            : ImmutableSortedMap.of(COUNT + resource, ONE);
      }
    };
  }

  /** What a pod still uses that has ended, or ought to be gone: it counts as an object. */
  public static ImmutableSortedMap<String, Quantity> ofEndedPod() {
    return OF_ENDED_POD;
  }

  private static ImmutableSortedMap<String, Quantity> ofPod(PodSpec spec) {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put("count/pods", ONE);
    usage.put("pods", ONE);
    addCompute(usage, PodResources.requests(spec), PodResources.limits(spec));
    return ImmutableSortedMap.copyOf(usage);
  }

  /** pods.go: podComputeUsageHelper. */
  private static void addCompute(
      Map<String, Quantity> usage, Map<String, Quantity> requests, Map<String, Quantity> limits) {
    requests.forEach((name, amount) -> {
      if (isCompute(name) || name.startsWith("hugepages-")) {
        usage.put(name, amount);
        usage.put(REQUESTS + name, amount);
      } else if (isExtended(name)) {
        usage.put(REQUESTS + name, amount);
      }
    });
    limits.forEach((name, amount) -> {
      if (isCompute(name)) {
        usage.put(LIMITS + name, amount);
      }
    });
  }

  private static boolean isCompute(String name) {
    return name.equals("cpu") || name.equals("memory") || name.equals("ephemeral-storage");
  }

  private static boolean isExtended(String name) {
    return name.indexOf('/') >= 0 && !name.contains("kubernetes.io/");
  }

  private static ImmutableSortedMap<String, Quantity> ofService(Service service) {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put("services", ONE);
    usage.put("count/services", ONE);
    ServiceSpec spec = service.spec();
    String type = spec == null || spec.type() == null ? "ClusterIP" : spec.type();
    boolean balanced = type.equals("LoadBalancer");
    long ports = spec == null ? 0 : balanced ? balancedPorts(spec) : spec.ports().size();
    if (balanced) {
      usage.put("services.loadbalancers", ONE);
    }
    if (balanced || type.equals("NodePort")) {
      usage.put("services.nodeports", Quantity.of(ports));
    }
    return ImmutableSortedMap.copyOf(usage);
  }

  /** A balancer's service may do without node ports, but for those that it asks for. */
  private static long balancedPorts(ServiceSpec spec) {
    JsonNode allocates = spec.rest().get("allocateLoadBalancerNodePorts");
    return allocates == null || allocates.asBoolean(true)
        ? spec.ports().size()
        : spec.ports().stream()
            .filter(port -> port.nodePort() != null && port.nodePort() != 0)
            .count();
  }

  private static ImmutableSortedMap<String, Quantity> ofClaim(PersistentVolumeClaim claim) {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put("persistentvolumeclaims", ONE);
    usage.put("count/persistentvolumeclaims", ONE);
    String storageClass = VolumeMatch.className(claim);
    boolean classed = !storageClass.isEmpty();
    if (classed) {
      usage.put(storageClass + STORAGE_CLASS + "persistentvolumeclaims", ONE);
    }
    Quantity storage = PodResources.of(claim.spec().resources()).requests().get("storage");
    if (storage != null) {
      usage.put("requests.storage", storage);
      if (classed) {
        usage.put(storageClass + STORAGE_CLASS + "requests.storage", storage);
      }
    }
    return ImmutableSortedMap.copyOf(usage);
  }

  /**
   * Whether a quota counts objects of a kind under one of these names; scopes are not looked at.
   *
   * @param names what the quota limits
   */
  public static boolean counts(Kind<?> kind, Set<String> names) {
    for (String name : names) {
      if (kindOf(name).equals(kind.plural() + (kind.group().isEmpty() ? "" : "." + kind.group()))) {
        return true;
      }
    }
    return false;
  }

  /** The resource, as in {@code deployments.apps}, whose objects a name of a quota is about. */
  private static String kindOf(String name) {
    if (name.startsWith(COUNT)) {
      return name.substring(COUNT.length());
    }
    if (PLAIN_COUNTS.contains(name)) {
      return name;
    }
    if (name.equals("services") || name.startsWith("services.")) {
      return "services";
    }
    return name.equals("persistentvolumeclaims")
            || name.equals("requests.storage")
            || name.contains(STORAGE_CLASS)
        ? "persistentvolumeclaims"
        : "pods";
  }

  /** What a quota limits, by name. */
  public static ImmutableMap<String, Quantity> hard(ResourceQuota quota) {
    ResourceQuotaSpec spec = quota.spec();
    return spec == null ? ImmutableMap.of() : spec.hard();
  }

  /** Whether an object is within a quota's scopes. */
  public static boolean isInScope(ResourceQuota quota, KubeObject object) {
    ResourceQuotaSpec spec = quota.spec();
    if (spec == null) {
      return true;
    }
    for (String scope : spec.scopes()) {
      if (!(object instanceof Pod pod) || !isInScope(pod, scope, "Exists", ImmutableSet.of())) {
        return false;
      }
    }
    JsonNode selector = spec.rest().get("scopeSelector");
    if (selector != null) {
      for (JsonNode term : selector.path("matchExpressions")) {
        Set<String> values = new TreeSet<>();
        term.path("values").forEach(value -> values.add(value.asText()));
        if (!(object instanceof Pod pod)
            || !isInScope(
                pod,
                term.path("scopeName").asText(),
                term.path("operator").asText("Exists"),
                values)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean isInScope(Pod pod, String scope, String operator, Set<String> values) {
    PodSpec spec = pod.spec();
    return switch (scope) {
      case "Terminating" -> spec.activeDeadlineSeconds() != null;
      case "NotTerminating" -> spec.activeDeadlineSeconds() == null;
      case "BestEffort" -> QosClass.of(spec).toString().equals("BestEffort");
      case "NotBestEffort" -> !QosClass.of(spec).toString().equals("BestEffort");
      case "PriorityClass" -> {
        String name = spec.priorityClassName();
        boolean named = name != null && !name.isEmpty();
        yield switch (operator) {
          case "In" -> named && values.contains(name);
          case "NotIn" -> !(named && values.contains(name));
          case "DoesNotExist" -> !named;
          default -> named;
        };
      }
      case "CrossNamespacePodAffinity" -> usesOtherNamespaces(spec);
      default -> false;
    };
  }

  private static boolean usesOtherNamespaces(PodSpec spec) {
    if (spec.affinity() == null) {
      return false;
    }
    JsonNode written = ObjectCodec.writePart(spec.affinity());
    return !written.findValues("namespaces").isEmpty()
        || !written.findValues("namespaceSelector").isEmpty();
  }

  /**
   * What containers of a pod have to say and do not, in words; empty where they say all (pods.go:
   * Constraints).
   *
   * @param names what a quota limits
   */
  static String unspecified(PodSpec spec, Set<String> names) {
    if (PodResources.isSetForPod(spec)) {
      return "";
    }
    Map<String, Set<String>> missing = new TreeMap<>();
    List<Container> containers = new ArrayList<>(spec.containers());
    containers.addAll(spec.initContainers());
    for (String name : names) {
      if (!TO_BE_SPECIFIED.contains(name)) {
        continue;
      }
      for (Container container : containers) {
        if (!isSpecified(container, name)) {
          missing.computeIfAbsent(name, n -> new TreeSet<>()).add(container.name());
        }
      }
    }
    StringBuilder text = new StringBuilder();
    missing.forEach((name, which) ->
        text.append(text.isEmpty() ? "" : "; ")
            .append(name)
            .append(" for: ")
            .append(String.join(",", which)));
    return text.toString();
  }

  private static boolean isSpecified(Container container, String name) {
    List<String> parts = Splitter.on('.').splitToList(name);
    String resource = parts.getLast();
    return parts.getFirst().equals("limits")
        ? PodResources.of(container.resources()).limits().containsKey(resource)
        : PodResources.of(container.resources()).requests().containsKey(resource);
  }
}
