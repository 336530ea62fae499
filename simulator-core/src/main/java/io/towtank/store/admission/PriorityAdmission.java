package io.towtank.store.admission;

import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PriorityClass;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.IdentityMemo;
import io.towtank.store.Selection;
import org.jspecify.annotations.Nullable;

/**
 * Gives pods the number that their priority class stands for, and its preemption policy
 * (plugin/pkg/admission/priority).
 */
public final class PriorityAdmission implements Admission {
  private static final String PREEMPT_LOWER_PRIORITY = "PreemptLowerPriority";

  /** All pods of a template share one spec, before and after; while no class changes. */
  private final IdentityMemo<PodSpec, PodSpec> admitted = new IdentityMemo<>(1 << 16, spec -> spec);

  private long classesRevision = -1;

  @Override
  @SuppressWarnings("ReferenceEquality") // Only a shortcut: the spec stands for itself.
  public KubeObject admit(AdmissionRequest request) {
    KubeObject object = request.object();
    if (object instanceof PriorityClass priorityClass) {
      checkDefault(priorityClass, request);
      return object;
    }
    if (!(object instanceof Pod pod)) {
      return object;
    }
    PodSpec spec =
        request.current() instanceof Pod current
            ? kept(pod.spec(), current.spec())
            : admitted(pod, request.store());
    return spec == pod.spec() ? pod : pod.withSpec(spec);
  }

  private PodSpec admitted(Pod pod, ApiStore store) {
    long revision = store.revision(Kinds.PRIORITY_CLASS);
    if (revision != classesRevision) {
      classesRevision = revision;
      admitted.clear();
    }
    PodSpec known = admitted.find(pod.spec());
    if (known == null) {
      known = withPriority(pod, store);
      admitted.put(pod.spec(), known);
    }
    return known;
  }

  private static PodSpec withPriority(Pod pod, ApiStore store) {
    PodSpec spec = pod.spec();
    String className = spec.priorityClassName();
    PriorityClass priorityClass;
    if (className == null || className.isEmpty()) {
      priorityClass = globalDefault(store);
    } else {
      priorityClass = store.get(Kinds.PRIORITY_CLASS, null, className);
      if (priorityClass == null) {
        throw ApiException.forbidden(pod, "no PriorityClass with name " + className + " was found");
      }
    }
    int value = priorityClass == null ? 0 : priorityClass.value();
    if (spec.priority() != null && spec.priority() != value) {
      throw ApiException.forbidden(
          pod,
          "the integer value of priority ("
              + spec.priority()
              + ") must not be provided in pod spec; priority admission controller computed "
              + value
              + " from the given PriorityClass name");
    }
    String policy =
        priorityClass == null || priorityClass.preemptionPolicy() == null
            ? PREEMPT_LOWER_PRIORITY
            : priorityClass.preemptionPolicy();
    if (spec.preemptionPolicy() != null && !spec.preemptionPolicy().equals(policy)) {
      throw ApiException.forbidden(
          pod,
          "the string value of PreemptionPolicy ("
              + spec.preemptionPolicy()
              + ") must not be provided in pod spec; priority admission controller computed "
              + policy
              + " from the given PriorityClass name");
    }
    if (spec.priority() != null
        && spec.preemptionPolicy() != null
        && (priorityClass == null || priorityClass.name().equals(className))) {
      return spec;
    }
    return PodSpecBuilder.builder(spec)
        .priorityClassName(priorityClass == null ? className : priorityClass.name())
        .priority(value)
        .preemptionPolicy(policy)
        .build();
  }

  /** What admission gave a pod when it was created stays, where an update leaves it out. */
  private static PodSpec kept(PodSpec spec, PodSpec current) {
    if ((spec.priority() != null || current.priority() == null)
        && (spec.preemptionPolicy() != null || current.preemptionPolicy() == null)) {
      return spec;
    }
    return PodSpecBuilder.builder(spec)
        .priority(spec.priority() != null ? spec.priority() : current.priority())
        .preemptionPolicy(
            spec.preemptionPolicy() != null ? spec.preemptionPolicy() : current.preemptionPolicy())
        .build();
  }

  private static void checkDefault(PriorityClass priorityClass, AdmissionRequest request) {
    if (!Boolean.TRUE.equals(priorityClass.globalDefault())) {
      return;
    }
    PriorityClass existing = globalDefault(request.store());
    if (existing != null && (request.create() || !existing.name().equals(priorityClass.name()))) {
      throw ApiException.forbidden(
          priorityClass,
          "PriorityClass "
              + existing.name()
              + " is already marked as default. Only one default can exist");
    }
  }

  /** The class of pods that name none; of several the one with the lowest value. */
  private static @Nullable PriorityClass globalDefault(ApiStore store) {
    @Nullable PriorityClass[] lowest = {null};
    store.forEach(
        Kinds.PRIORITY_CLASS,
        Selection.ALL,
        candidate -> {
          PriorityClass known = lowest[0];
          if (Boolean.TRUE.equals(candidate.globalDefault())
              && (known == null || candidate.value() < known.value())) {
            lowest[0] = candidate;
          }
        });
    return lowest[0];
  }
}
