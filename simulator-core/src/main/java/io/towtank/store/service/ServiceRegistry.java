package io.towtank.store.service;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Service;
import io.towtank.api.ServicePort;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.Selection;
import io.towtank.time.RandomStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives Services their cluster IPs and node ports (pkg/registry/core/service/storage: alloc.go,
 * storage.go, strategy.go): those that they ask for, where they are free, and else random ones.
 *
 * <p>It runs after the admission plugins that change objects and before quotas. What is in use is
 * what stored Services have: an address is free again with the write that gives it up.
 */
public final class ServiceRegistry implements Admission {
  private final ImmutableMap<IpFamily, AddressPool> addresses;
  private final IpFamily defaultFamily;
  private final PortPool ports;
  private @Nullable ApiStore store;
  private @Nullable RandomStream random;

  /** For one store, with ranges of its own. */
  public ServiceRegistry(ServiceRanges ranges) {
    Map<IpFamily, AddressPool> pools = new LinkedHashMap<>();
    for (String range : ranges.clusterIps()) {
      AddressPool pool = AddressPool.of(range);
      pools.put(pool.family(), pool);
    }
    this.addresses = ImmutableMap.copyOf(pools);
    this.defaultFamily = addresses.keySet().asList().getFirst();
    this.ports = new PortPool(ranges.firstNodePort(), ranges.lastNodePort());
  }

  @Override
  public KubeObject admit(AdmissionRequest request) {
    if (!(request.object() instanceof Service service) || service.spec() == null) {
      return request.object();
    }
    follow(request.store());
    ServiceDraft draft = new ServiceDraft(service.spec());
    if (request.current() instanceof Service before && before.spec() != null) {
      update(service, draft, new ServiceDraft(before.spec()));
    } else {
      create(service, draft);
    }
    return draft.of(service);
  }

  /** Keeps what stored Services have out of what is handed out. */
  @SuppressWarnings("ReferenceEquality") // One store has one registry; this guards against two.
  private void follow(ApiStore store) {
    if (this.store == store) {
      return;
    }
    if (this.store != null) {
      throw new IllegalStateException("a registry of Services is for one store");
    }
    this.store = store;
    this.random = store.simulation().random("services");
    store.forEach(Kinds.SERVICE, Selection.ALL, this::take);
    store.addCommitListener((previous, current, revision) -> {
      if (previous instanceof Service service) {
        release(service);
      }
      if (current instanceof Service service) {
        take(service);
      }
    });
  }

  private void take(Service service) {
    if (service.spec() != null) {
      ServiceDraft draft = new ServiceDraft(service.spec());
      draft.clusterIps.forEach(ip -> addresses.values().forEach(pool -> pool.take(ip)));
      numbers(draft).forEach(ports::take);
    }
  }

  private void release(Service service) {
    if (service.spec() != null) {
      ServiceDraft draft = new ServiceDraft(service.spec());
      draft.clusterIps.forEach(ip -> addresses.values().forEach(pool -> pool.release(ip)));
      numbers(draft).forEach(ports::release);
    }
  }

  /** All node ports of a Service, each once. */
  private static Set<Integer> numbers(ServiceDraft draft) {
    Set<Integer> numbers = new LinkedHashSet<>(draft.nodePorts());
    if (draft.healthCheckPort != 0) {
      numbers.add(draft.healthCheckPort);
    }
    return numbers;
  }

  private RandomStream random() {
    return Objects.requireNonNull(random);
  }

  // ------------------------------------------------------------------------------------- writes

  private void create(Service service, ServiceDraft draft) {
    if (!draft.clusterIp.isEmpty() && draft.clusterIps.isEmpty()) {
      draft.clusterIps.add(draft.clusterIp);
    }
    initFamilies(service, draft, null);
    allocateClusterIps(service, draft);
    allocateNodePorts(service, draft, null);
  }

  private void update(Service service, ServiceDraft draft, ServiceDraft before) {
    patchAllocated(draft, before);
    normalize(draft, before);
    initFamilies(service, draft, before);
    boolean wasHeadless =
        !before.clusterIps.isEmpty() && before.clusterIps.getFirst().equals(ServiceDraft.NONE);
    if (before.isExternalName()) {
      allocateClusterIps(service, draft);
    } else if (!wasHeadless
        && !draft.isExternalName()
        && before.families.size() == 1
        && draft.families.size() == 2) {
      // The second family of a Service that had one.
      if (draft.clusterIps.size() < 2) {
        draft.clusterIps.add("");
      }
      draft.clusterIps.set(1, allocated(service, draft, 1));
    }
    allocateNodePorts(service, draft, before);
    draft.dropWhatTheTypeDoesNotNeed(before);
    ServiceUpdates.check(service, draft, before);
  }

  /** What a client leaves out of what it was given stays (storage.go: patchAllocatedValues). */
  private static void patchAllocated(ServiceDraft draft, ServiceDraft before) {
    if (!before.isExternalName() && !draft.isExternalName()) {
      if (draft.clusterIp.isEmpty()) {
        draft.clusterIp = before.clusterIp;
      }
      if (draft.clusterIps.isEmpty() && draft.clusterIp.equals(before.clusterIp)) {
        draft.clusterIps = new ArrayList<>(before.clusterIps);
      }
    }
    if (before.needsNodePorts() && draft.needsNodePorts()) {
      Set<Integer> used = new HashSet<>(before.nodePorts());
      used.retainAll(draft.nodePorts());
      Map<String, Integer> byName = new HashMap<>();
      for (ServicePort port : before.ports) {
        byName.put(String.valueOf(port.name()), ServiceDraft.nodePort(port));
      }
      for (int i = 0; i < draft.ports.size(); i++) {
        ServicePort port = draft.ports.get(i);
        int old = byName.getOrDefault(String.valueOf(port.name()), 0);
        if (ServiceDraft.nodePort(port) == 0 && old != 0 && used.add(old)) {
          draft.setNodePort(i, old);
        }
      }
    }
    if (before.needsHealthCheck() && draft.needsHealthCheck() && draft.healthCheckPort == 0) {
      draft.healthCheckPort = before.healthCheckPort;
    }
  }

  /** clusterIP and clusterIPs say the same, whichever a client set (NormalizeClusterIPs). */
  private static void normalize(ServiceDraft draft, ServiceDraft before) {
    if (!before.clusterIps.isEmpty()
        && draft.clusterIps.isEmpty()
        && draft.clusterIp.equals(before.clusterIp)) {
      draft.clusterIps = new ArrayList<>(before.clusterIps);
    }
    if (!draft.clusterIp.equals(before.clusterIp) && draft.clusterIps.equals(before.clusterIps)) {
      draft.clusterIps = new ArrayList<>();
      if (!draft.clusterIp.isEmpty()) {
        draft.clusterIps.add(draft.clusterIp);
      }
    }
  }

  // ----------------------------------------------------------------------------------- families

  private void initFamilies(Service service, ServiceDraft draft, @Nullable ServiceDraft before) {
    if (draft.isExternalName()) {
      return;
    }
    boolean freeOfFamilies = draft.clusterIp.equals(ServiceDraft.NONE) && !draft.hasSelector();
    if (draft.policy.isEmpty()) {
      draft.policy =
          before != null && !before.policy.isEmpty()
              ? before.policy
              : freeOfFamilies ? ServiceDraft.REQUIRE_DUAL_STACK : ServiceDraft.SINGLE_STACK;
    }
    List<String> errors = new ArrayList<>(ServiceUpdates.clusterIpErrors(draft));
    refuse(service, errors);
    boolean single = draft.policy.equals(ServiceDraft.SINGLE_STACK);
    if (before != null) {
      releaseSecond(draft, before, single, errors);
    }
    if (single && draft.clusterIps.size() == 2) {
      errors.add(multiple(draft, "cluster IPs"));
    }
    if (single && draft.families.size() == 2) {
      errors.add(multiple(draft, "IP families"));
    }
    inferFamilies(draft, errors);
    refuse(service, errors);
    if (freeOfFamilies) {
      if (draft.families.isEmpty()) {
        draft.families.add(defaultFamily.toString());
      }
      if (!single) {
        addOther(draft);
      }
      return;
    }
    if (draft.policy.equals(ServiceDraft.REQUIRE_DUAL_STACK) && addresses.size() < 2) {
      errors.add(
          "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not"
              + " configured for dual-stack services");
    }
    for (int i = 0; i < draft.families.size(); i++) {
      String family = draft.families.get(i);
      if (addresses.keySet().stream().noneMatch(known -> known.toString().equals(family))) {
        errors.add(
            "spec.ipFamilies["
                + i
                + "]: Invalid value: \""
                + family
                + "\": not configured on this cluster");
      }
    }
    refuse(service, errors);
    if (draft.families.isEmpty()) {
      draft.families.add(defaultFamily.toString());
    }
    if (!single && addresses.size() == 2) {
      addOther(draft);
    }
  }

  private static String multiple(ServiceDraft draft, String what) {
    return "spec.ipFamilyPolicy: Invalid value: \""
        + draft.policy
        + "\": must be 'RequireDualStack' or 'PreferDualStack' when multiple "
        + what
        + " are specified";
  }

  private static void releaseSecond(
      ServiceDraft draft, ServiceDraft before, boolean single, List<String> errors) {
    boolean sameIps = draft.clusterIps.equals(before.clusterIps);
    boolean sameFamilies = draft.families.equals(before.families);
    if (single) {
      if (sameIps && draft.clusterIps.size() > 1) {
        draft.clusterIps = new ArrayList<>(draft.clusterIps.subList(0, 1));
      }
      if (sameFamilies && draft.families.size() > 1) {
        draft.families = new ArrayList<>(draft.families.subList(0, 1));
      }
      return;
    }
    String must =
        "spec.ipFamilyPolicy: Invalid value: \""
            + draft.policy
            + "\": must be 'SingleStack' to release the secondary ";
    if (!draft.clusterIps.isEmpty() && draft.clusterIps.size() < before.clusterIps.size()) {
      errors.add(must + "cluster IP");
    }
    if (!draft.families.isEmpty() && draft.families.size() < before.families.size()) {
      errors.add(must + "IP family");
    }
  }

  private void inferFamilies(ServiceDraft draft, List<String> errors) {
    for (int i = 0; i < draft.clusterIps.size(); i++) {
      String ip = draft.clusterIps.get(i);
      if (ip.equals(ServiceDraft.NONE)) {
        return;
      }
      IpFamily family = IpFamily.ofAddress(ip);
      if (i >= draft.families.size() && family != null) {
        if (addresses.containsKey(family)) {
          draft.families.add(family.toString());
        } else {
          errors.add(
              "spec.clusterIPs["
                  + i
                  + "]: Invalid value: "
                  + ServiceDraft.shown(draft.clusterIps)
                  + ": "
                  + family
                  + " is not configured on this cluster");
        }
      }
    }
  }

  private static void addOther(ServiceDraft draft) {
    if (draft.families.size() == 1) {
      IpFamily first =
          draft.families.getFirst().equals(IpFamily.IPV4.toString())
              ? IpFamily.IPV4
              : IpFamily.IPV6;
      draft.families.add(first.other().toString());
    }
  }

  // ---------------------------------------------------------------------------------- cluster IPs

  private void allocateClusterIps(Service service, ServiceDraft draft) {
    if (draft.isExternalName()
        || (!draft.clusterIps.isEmpty() && draft.clusterIps.getFirst().equals(ServiceDraft.NONE))) {
      return;
    }
    for (int i = 0; i < draft.families.size(); i++) {
      if (i >= draft.clusterIps.size()) {
        draft.clusterIps.add("");
      }
      draft.clusterIps.set(i, allocated(service, draft, i));
    }
    draft.clusterIp = draft.clusterIps.getFirst();
  }

  /** The address of one family: the one that is asked for, or a free one. */
  private String allocated(Service service, ServiceDraft draft, int index) {
    String family = draft.families.get(index);
    AddressPool pool =
        addresses.values().stream()
            .filter(known -> known.family().toString().equals(family))
            .findFirst()
            .orElseThrow();
    String wanted = draft.clusterIps.get(index);
    if (wanted.isEmpty()) {
      String free = pool.next(random());
      if (free == null) {
        throw new ApiException(
            ApiException.Reason.INTERNAL_ERROR,
            "Internal error occurred: failed to allocate a serviceIP: range is full");
      }
      return free;
    }
    String refusal = pool.refusal(wanted);
    if (refusal != null) {
      throw ApiException.invalid(
          service,
          "spec.clusterIPs: Invalid value: "
              + ServiceDraft.shown(draft.clusterIps)
              + ": failed to allocate IP "
              + wanted
              + ": "
              + refusal);
    }
    return wanted;
  }

  // ----------------------------------------------------------------------------------- node ports

  private void allocateNodePorts(
      Service service, ServiceDraft draft, @Nullable ServiceDraft before) {
    // Those of this request: what is handed out twice at once must not be the same.
    Set<Integer> own = new LinkedHashSet<>();
    Set<Integer> had = before == null ? ImmutableSet.of() : numbers(before);
    try {
      if (draft.needsNodePorts()) {
        for (int i = 0; i < draft.ports.size(); i++) {
          nodePort(service, draft, i, had, own);
        }
      }
      if (draft.needsHealthCheck()) {
        healthCheckPort(draft, had, own);
      }
    } finally {
      own.forEach(ports::release);
    }
  }

  private void nodePort(
      Service service, ServiceDraft draft, int index, Set<Integer> had, Set<Integer> own) {
    ServicePort port = draft.ports.get(index);
    int wanted = ServiceDraft.nodePort(port);
    if (wanted == 0) {
      if (!draft.allocatesNodePorts()) {
        return;
      }
      // Ports of one number, as TCP and UDP of a name server, share one.
      wanted = had.isEmpty() ? ofSameNumber(draft, port.port()) : 0;
      if (wanted == 0) {
        wanted = ports.next(random());
        if (wanted < 0) {
          throw new ApiException(
              ApiException.Reason.INTERNAL_ERROR,
              "Internal error occurred: failed to allocate a nodePort: range is full");
        }
      }
      draft.setNodePort(index, wanted);
    }
    if (had.contains(wanted) || own.contains(wanted)) {
      return;
    }
    String refusal = ports.refusal(wanted);
    if (refusal != null) {
      throw ApiException.invalid(
          service, "spec.ports[" + index + "].nodePort: Invalid value: " + wanted + ": " + refusal);
    }
    ports.take(wanted);
    own.add(wanted);
  }

  private static int ofSameNumber(ServiceDraft draft, int number) {
    for (ServicePort other : draft.ports) {
      if (other.port() == number && ServiceDraft.nodePort(other) != 0) {
        return ServiceDraft.nodePort(other);
      }
    }
    return 0;
  }

  private void healthCheckPort(ServiceDraft draft, Set<Integer> had, Set<Integer> own) {
    int wanted = draft.healthCheckPort;
    if (wanted == 0) {
      wanted = ports.next(random());
      if (wanted < 0) {
        throw new ApiException(
            ApiException.Reason.INTERNAL_ERROR,
            "Internal error occurred: failed to allocate a HealthCheck NodePort 0: range is full");
      }
      draft.healthCheckPort = wanted;
    } else if (had.contains(wanted)) {
      return;
    }
    String refusal = ports.refusal(wanted);
    if (refusal != null) {
      throw new ApiException(
          ApiException.Reason.INTERNAL_ERROR,
          "Internal error occurred: failed to allocate requested HealthCheck NodePort "
              + wanted
              + ": "
              + refusal);
    }
    ports.take(wanted);
    own.add(wanted);
  }

  private static void refuse(Service service, List<String> errors) {
    if (!errors.isEmpty()) {
      throw ApiException.invalid(service, ImmutableList.copyOf(errors));
    }
  }
}
