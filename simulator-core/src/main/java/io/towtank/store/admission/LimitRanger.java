package io.towtank.store.admission;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.LimitRange;
import io.towtank.api.LimitRangeItem;
import io.towtank.api.LimitRangeSpec;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.ResourceRequirementsBuilder;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.IdentityMemo;
import io.towtank.store.Selection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Gives containers the requests and limits that they lack, and refuses pods and claims that are
 * beyond the bounds of their namespace (plugin/pkg/admission/limitranger).
 */
public final class LimitRanger implements Admission {
  private static final String ANNOTATION = "kubernetes.io/limit-ranger";

  /**
   * What became of a spec.
   *
   * @param note what was filled in, in words; empty for nothing
   * @param refusal why it is refused; empty where it is not
   */
  private record Ranged(PodSpec spec, String note, String refusal) {}

  /** The ranges of a namespace, and what they made of specs: all pods of a template share one. */
  private static final class Ranges {
    private final List<LimitRange> ranges = new ArrayList<>(1);
    private final IdentityMemo<PodSpec, Ranged> ranged =
        new IdentityMemo<>(1 << 16, spec -> range(spec, ranges));
    private final IdentityMemo<ImmutableMap<String, String>, ImmutableMap<String, String>>
        annotated = new IdentityMemo<>(1 << 16, annotations -> annotations);
  }

  private final Map<String, Ranges> byNamespace = new LinkedHashMap<>();
  private long rangesRevision = -1;

  @Override
  public KubeObject admit(AdmissionRequest request) {
    KubeObject object = request.object();
    boolean claimed = object instanceof PersistentVolumeClaim;
    if (!claimed && !(object instanceof Pod && request.create())) {
      return object;
    }
    Ranges ranges = ranges(request.store(), String.valueOf(object.metadata().namespace()));
    if (ranges == null) {
      return object;
    }
    return switch (object) {
      case Pod pod -> admitted(pod, ranges);
      case PersistentVolumeClaim claim -> checked(claim, ranges);
      default -> object;
    };
  }

  private @Nullable Ranges ranges(ApiStore store, String namespace) {
    long revision = store.revision(Kinds.LIMIT_RANGE);
    if (revision != rangesRevision) {
      rangesRevision = revision;
      byNamespace.clear();
      store.forEach(
          Kinds.LIMIT_RANGE,
          Selection.ALL,
          range ->
              byNamespace
                  .computeIfAbsent(String.valueOf(range.metadata().namespace()), n -> new Ranges())
                  .ranges
                  .add(range));
    }
    return byNamespace.get(namespace);
  }

  @SuppressWarnings("ReferenceEquality") // Only a shortcut: the spec stands for itself.
  private static Pod admitted(Pod pod, Ranges ranges) {
    Ranged ranged = ranges.ranged.get(pod.spec());
    if (!ranged.refusal().isEmpty()) {
      throw ApiException.forbidden(pod, ranged.refusal());
    }
    if (ranged.spec() == pod.spec()) {
      return pod;
    }
    ImmutableMap<String, String> own = pod.metadata().annotations();
    ImmutableMap<String, String> annotations = ranges.annotated.find(own);
    if (annotations == null || !ranged.note().equals(annotations.get(ANNOTATION))) {
      annotations =
          ImmutableMap.<String, String>builder()
              .putAll(own)
              .put(ANNOTATION, ranged.note())
              .buildKeepingLast();
      ranges.annotated.put(own, annotations);
    }
    return pod.withSpec(ranged.spec())
        .withMetadata(ObjectMetaBuilder.builder(pod.metadata()).annotations(annotations).build());
  }

  private static ImmutableList<LimitRangeItem> items(LimitRange range) {
    LimitRangeSpec spec = range.spec();
    return spec == null ? ImmutableList.of() : spec.limits();
  }

  // ----------------------------------------------------------------------------------- defaults

  private static Ranged range(PodSpec spec, List<LimitRange> ranges) {
    List<String> notes = new ArrayList<>();
    PodSpec changed = spec;
    for (LimitRange range : ranges) {
      changed = withDefaults(changed, range, notes);
    }
    Set<String> refusals = new LinkedHashSet<>();
    for (LimitRange range : ranges) {
      check(changed, range, refusals);
      if (!refusals.isEmpty()) {
        break; // The first range that refuses speaks alone (runLimitFunc).
      }
    }
    return new Ranged(
        changed,
        notes.isEmpty() ? "" : "LimitRanger plugin set: " + String.join("; ", notes),
        joined(refusals));
  }

  private static String joined(Set<String> refusals) {
    return refusals.size() == 1
        ? refusals.iterator().next()
        : refusals.isEmpty() ? "" : refusals.toString();
  }

  private static PodSpec withDefaults(PodSpec spec, LimitRange range, List<String> notes) {
    Map<String, Quantity> requests = new LinkedHashMap<>();
    Map<String, Quantity> limits = new LinkedHashMap<>();
    for (LimitRangeItem item : items(range)) {
      if (item.type().equals("Container")) {
        requests.putAll(item.defaultRequest());
        limits.putAll(item.defaultLimit());
      }
    }
    if (requests.isEmpty() && limits.isEmpty()) {
      return spec;
    }
    int before = notes.size();
    ImmutableList<Container> containers =
        withDefaults(spec.containers(), "container", requests, limits, notes);
    ImmutableList<Container> initContainers =
        withDefaults(spec.initContainers(), "init container", requests, limits, notes);
    return notes.size() == before
        ? spec
        : PodSpecBuilder.builder(spec)
            .containers(containers)
            .initContainers(initContainers)
            .build();
  }

  private static ImmutableList<Container> withDefaults(
      ImmutableList<Container> containers,
      String what,
      Map<String, Quantity> requests,
      Map<String, Quantity> limits,
      List<String> notes) {
    ImmutableList.Builder<Container> changed = ImmutableList.builder();
    for (Container container : containers) {
      ResourceRequirements own = PodResources.of(container.resources());
      TreeSet<String> setRequests = new TreeSet<>(requests.keySet());
      setRequests.removeAll(own.requests().keySet());
      TreeSet<String> setLimits = new TreeSet<>(limits.keySet());
      setLimits.removeAll(own.limits().keySet());
      note(setRequests, "request", what + " " + container.name(), notes);
      note(setLimits, "limit", what + " " + container.name(), notes);
      changed.add(
          setRequests.isEmpty() && setLimits.isEmpty()
              ? container
              : ContainerBuilder.builder(container)
                  .resources(
                      ResourceRequirementsBuilder.builder(own)
                          .requests(filled(own.requests(), requests))
                          .limits(filled(own.limits(), limits))
                          .build())
                  .build());
    }
    return changed.build();
  }

  private static void note(Set<String> names, String of, String whose, List<String> notes) {
    if (!names.isEmpty()) {
      notes.add(String.join(", ", names) + " " + of + " for " + whose);
    }
  }

  private static ImmutableMap<String, Quantity> filled(
      ImmutableMap<String, Quantity> own, Map<String, Quantity> defaults) {
    return ImmutableMap.<String, Quantity>builder().putAll(defaults).putAll(own).buildKeepingLast();
  }

  // ------------------------------------------------------------------------------------- bounds

  private static void check(PodSpec spec, LimitRange range, Set<String> refusals) {
    for (LimitRangeItem item : items(range)) {
      if (item.type().equals("Container")) {
        for (Container container : spec.containers()) {
          check(item, container.resources(), refusals);
        }
        for (Container container : spec.initContainers()) {
          check(item, container.resources(), refusals);
        }
      } else if (item.type().equals("Pod")) {
        // Overhead is left aside here (limitranger: podRequests, podLimits).
        check(
            item,
            PodResources.containerRequests(spec),
            PodResources.containerLimits(spec),
            refusals);
      }
    }
  }

  private static void check(
      LimitRangeItem item, @Nullable ResourceRequirements resources, Set<String> refusals) {
    ResourceRequirements own = PodResources.of(resources);
    check(item, own.requests(), own.limits(), refusals);
  }

  private static void check(
      LimitRangeItem item,
      Map<String, Quantity> requests,
      Map<String, Quantity> limits,
      Set<String> refusals) {
    item.min()
        .forEach((name, least) -> {
          Quantity request = requests.get(name);
          Quantity limit = limits.get(name);
          String rule = "minimum %s usage per %s is %s".formatted(name, item.type(), least);
          if (request == null) {
            refusals.add(rule + ".  No request is specified");
          } else if (request.compareTo(least) < 0) {
            refusals.add(rule + ", but request is " + request);
          } else if (limit != null && limit.compareTo(least) < 0) {
            refusals.add(rule + ", but limit is " + limit);
          }
        });
    item.max()
        .forEach((name, most) -> {
          Quantity request = requests.get(name);
          Quantity limit = limits.get(name);
          String rule = "maximum %s usage per %s is %s".formatted(name, item.type(), most);
          if (limit == null) {
            refusals.add(rule + ".  No limit is specified");
          } else if (limit.compareTo(most) > 0) {
            refusals.add(rule + ", but limit is " + limit);
          } else if (request != null && request.compareTo(most) > 0) {
            refusals.add(rule + ", but request is " + request);
          }
        });
    item.maxLimitRequestRatio()
        .forEach((name, most) -> checkRatio(item, name, most, requests, limits, refusals));
  }

  private static void checkRatio(
      LimitRangeItem item,
      String name,
      Quantity most,
      Map<String, Quantity> requests,
      Map<String, Quantity> limits,
      Set<String> refusals) {
    Quantity request = requests.get(name);
    Quantity limit = limits.get(name);
    String rule = "%s max limit to request ratio per %s is %s".formatted(name, item.type(), most);
    if (request == null || request.isZero()) {
      refusals.add(rule + ", but no request is specified or request is 0");
      return;
    }
    if (limit == null || limit.isZero()) {
      refusals.add(rule + ", but no limit is specified or limit is 0");
      return;
    }
    double ratio = amount(limit, name) / amount(request, name);
    double bound = most.milliValue() / 1000.0;
    if (ratio > bound) {
      refusals.add(rule + ", but provided ratio is " + String.format(Locale.ROOT, "%f", ratio));
    }
  }

  private static double amount(Quantity quantity, String name) {
    return name.equals("cpu") ? quantity.milliValue() : quantity.value();
  }

  private static PersistentVolumeClaim checked(PersistentVolumeClaim claim, Ranges ranges) {
    Set<String> refusals = new LinkedHashSet<>();
    Quantity storage = PodResources.of(claim.spec().resources()).requests().get("storage");
    for (LimitRange range : ranges.ranges) {
      for (LimitRangeItem item : items(range)) {
        if (item.type().equals("PersistentVolumeClaim")) {
          checkStorage(item, storage, refusals);
        }
      }
      if (!refusals.isEmpty()) {
        throw ApiException.forbidden(claim, joined(refusals));
      }
    }
    return claim;
  }

  private static void checkStorage(
      LimitRangeItem item, @Nullable Quantity storage, Set<String> refusals) {
    Quantity least = item.min().get("storage");
    Quantity most = item.max().get("storage");
    Quantity asked = storage == null ? Quantity.ZERO : storage;
    if (least != null && asked.compareTo(least) < 0) {
      refusals.add(
          "minimum storage usage per PersistentVolumeClaim is "
              + least
              + (storage == null ? ".  No request is specified" : ", but request is " + storage));
    }
    if (most != null && asked.compareTo(most) > 0) {
      refusals.add(
          "maximum storage usage per PersistentVolumeClaim is "
              + most
              + ", but request is "
              + asked);
    }
  }
}
