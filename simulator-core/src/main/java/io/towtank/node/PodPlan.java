package io.towtank.node;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Affinity;
import io.towtank.api.Container;
import io.towtank.api.ContainerStatus;
import io.towtank.api.HostPort;
import io.towtank.api.NodeAffinity;
import io.towtank.api.NodeSelector;
import io.towtank.api.PodSpec;
import io.towtank.api.QosClass;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.environment.ContainerEnvironment;
import io.towtank.environment.Reference;
import io.towtank.environment.References;
import io.towtank.volume.VolumeClaims;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a kubelet works out from a pod's spec, once for all pods that share it, and the container
 * statuses that it last gave them, so that pods that start in the same second share these too.
 */
final class PodPlan {
  /** How an image is pulled. */
  enum PullPolicy {
    ALWAYS,
    IF_NOT_PRESENT,
    NEVER
  }

  /** How containers are restarted. */
  enum RestartPolicy {
    ALWAYS,
    ON_FAILURE,
    NEVER
  }

  private static final int REMEMBERED_STATUSES = 4;
  private static final long DEFAULT_GRACE_SECONDS = 30;

  final PodSpec spec;

  /** Init containers, then the others. */
  final ImmutableList<Container> containers;

  final int initCount;
  final int[] images;
  final ImmutableList<PullPolicy> pullPolicies;
  final RestartPolicy restartPolicy;
  final QosClass qosClass;
  final boolean hostNetwork;
  final boolean hasSidecars;
  final boolean usesClaims;

  /** The ConfigMaps and Secrets that each container's variables come from. */
  final ImmutableList<ImmutableList<Reference>> references;

  /** Those that volumes bring, by the volumes' names. */
  final ImmutableMap<String, ImmutableList<Reference>> volumeReferences;

  /** Why containers can never be created; null for each that can. */
  final @Nullable String[] mistakes;

  /** Whether any of the containers can be kept from being created by what it is told. */
  final boolean isConfigured;

  final long graceSeconds;

  /** What the pod takes of a node: thousandths of cpu, whole units of all else, by name. */
  final ImmutableMap<String, Long> requests;

  final long cpuMillis;
  final long memoryBytes;

  /** The node's ports that the pod takes. */
  final ImmutableList<HostPort> hostPorts;

  /** What is wrong with the names of images; null for each with which nothing is. */
  final @Nullable String[] imageMistakes;

  final boolean requestsOthers;
  final boolean requestsDevices;

  /** The nodes that the pod requires by its affinity; null for any. */
  final @Nullable NodeSelector requiredNodes;

  /** How many pods use it. */
  int users;

  private final ContainerStatuses initStatuses = new ContainerStatuses();
  private final ContainerStatuses mainStatuses = new ContainerStatuses();

  /** The last few lists of container statuses that were made. */
  static final class ContainerStatuses {
    @SuppressWarnings({"unchecked", "rawtypes"})
    private final @Nullable ImmutableList<ContainerStatus>[] last =
        new ImmutableList[REMEMBERED_STATUSES];

    private int next;

    @Nullable ImmutableList<ContainerStatus> find(
        HollowContainer[] containers, int from, int to, String waitingReason) {
      for (ImmutableList<ContainerStatus> list : last) {
        if (list != null && matches(list, containers, from, to, waitingReason)) {
          return list;
        }
      }
      return null;
    }

    private static boolean matches(
        ImmutableList<ContainerStatus> list,
        HollowContainer[] containers,
        int from,
        int to,
        String waitingReason) {
      for (int i = from; i < to; i++) {
        if (!containers[i].matches(list.get(i - from), waitingReason)) {
          return false;
        }
      }
      return true;
    }

    void remember(ImmutableList<ContainerStatus> list) {
      last[next] = list;
      next = (next + 1) % REMEMBERED_STATUSES;
    }
  }

  PodPlan(PodSpec spec, NodeImages.Catalogue catalogue) {
    this.spec = spec;
    this.initCount = spec.initContainers().size();
    this.containers =
        ImmutableList.<Container>builder()
            .addAll(spec.initContainers())
            .addAll(spec.containers())
            .build();
    this.images = new int[containers.size()];
    ImmutableList.Builder<PullPolicy> policies = ImmutableList.builder();
    boolean sidecars = false;
    for (int i = 0; i < images.length; i++) {
      String image = containers.get(i).image();
      images[i] = catalogue.id(image == null ? "" : image);
      policies.add(pullPolicy(containers.get(i)));
      sidecars |= isSidecar(i);
    }
    this.pullPolicies = policies.build();
    this.hasSidecars = sidecars;
    this.usesClaims = VolumeClaims.usesClaims(spec);
    this.references =
        containers.stream().map(References::of).collect(ImmutableList.toImmutableList());
    this.volumeReferences = References.ofVolumes(spec);
    this.mistakes =
        containers.stream()
            .map(container -> ContainerEnvironment.mistake(spec, container))
            .toArray(String[]::new);
    this.isConfigured =
        !volumeReferences.isEmpty()
            || Arrays.stream(mistakes).anyMatch(Objects::nonNull)
            || references.stream().anyMatch(list -> !list.isEmpty());
    String restart = spec.restartPolicy();
    this.restartPolicy =
        "Never".equals(restart)
            ? RestartPolicy.NEVER
            : "OnFailure".equals(restart) ? RestartPolicy.ON_FAILURE : RestartPolicy.ALWAYS;
    this.qosClass = QosClass.of(spec);
    this.hostNetwork = Boolean.TRUE.equals(spec.hostNetwork());
    Long grace = spec.terminationGracePeriodSeconds();
    this.graceSeconds = grace == null ? DEFAULT_GRACE_SECONDS : grace;
    this.hostPorts = HostPort.of(spec);
    this.imageMistakes =
        containers.stream()
            .map(container -> ImageName.mistake(container.image()))
            .toArray(String[]::new);
    this.requests = requests();
    this.cpuMillis = requests.getOrDefault("cpu", 0L);
    this.memoryBytes = requests.getOrDefault("memory", 0L);
    this.requiredNodes = requiredNodes(spec);
    this.requestsDevices = requests.keySet().stream().anyMatch(NodeDevices::areDevices);
    this.requestsOthers =
        requests.keySet().stream().anyMatch(name -> !name.equals("cpu") && !name.equals("memory"));
  }

  private static @Nullable NodeSelector requiredNodes(PodSpec spec) {
    Affinity affinity = spec.affinity();
    NodeAffinity nodes = affinity == null ? null : affinity.nodeAffinity();
    return nodes == null ? null : nodes.requiredDuringSchedulingIgnoredDuringExecution();
  }

  /** Whether a container is an init container that goes on running (KEP-753). */
  boolean isSidecar(int container) {
    return container < initCount && "Always".equals(containers.get(container).restartPolicy());
  }

  /** Whether the others wait for the end of a container. */
  boolean isInit(int container) {
    return container < initCount && !isSidecar(container);
  }

  /** Whether a container is to run again that has ended; sidecars always are. */
  boolean restarts(int exitCode) {
    return switch (restartPolicy) {
      case ALWAYS -> true;
      case ON_FAILURE -> exitCode != 0;
      case NEVER -> false;
    };
  }

  ContainerStatuses initStatuses() {
    return initStatuses;
  }

  ContainerStatuses mainStatuses() {
    return mainStatuses;
  }

  private static PullPolicy pullPolicy(Container container) {
    String policy = container.imagePullPolicy();
    if (policy == null) {
      // The API server's default (SetDefaults_Container).
      String image = container.image();
      return image != null && NodeImages.fullName(image).endsWith(":latest")
          ? PullPolicy.ALWAYS
          : PullPolicy.IF_NOT_PRESENT;
    }
    return switch (policy) {
      case "Always" -> PullPolicy.ALWAYS;
      case "Never" -> PullPolicy.NEVER;
      default -> PullPolicy.IF_NOT_PRESENT;
    };
  }

  /**
   * component-helpers/resource: PodRequests. Init containers run one after another, each beside the
   * sidecars that were started before it; the others run together with all sidecars.
   */
  private ImmutableMap<String, Long> requests() {
    Map<String, Long> running = new TreeMap<>();
    Map<String, Long> starting = new TreeMap<>();
    for (int i = 0; i < containers.size(); i++) {
      ResourceRequirements resources = containers.get(i).resources();
      ImmutableMap<String, Quantity> own =
          resources == null ? ImmutableMap.of() : resources.requests();
      if (isInit(i)) {
        own.forEach((name, amount) ->
            starting.merge(
                name,
                running.getOrDefault(name, 0L) + amount(name, amount),
                (a, b) -> Math.max(a, b)));
      } else {
        own.forEach((name, amount) -> running.merge(name, amount(name, amount), Long::sum));
      }
    }
    starting.forEach((name, amount) -> running.merge(name, amount, (a, b) -> Math.max(a, b)));
    ResourceRequirements podLevel = spec.resources();
    if (podLevel != null) {
      podLevel.requests().forEach((name, amount) -> running.put(name, amount(name, amount)));
    }
    spec.overhead().forEach((name, amount) -> running.merge(name, amount(name, amount), Long::sum));
    return ImmutableMap.copyOf(running);
  }

  /**
   * An amount in the unit in which kubelets add up: thousandths of cpu, whole units of all else.
   */
  static long amount(String resource, Quantity quantity) {
    return resource.equals("cpu") ? quantity.milliValue() : quantity.value();
  }
}
