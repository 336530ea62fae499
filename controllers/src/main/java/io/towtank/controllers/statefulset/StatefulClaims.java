package io.towtank.controllers.statefulset;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetPersistentVolumeClaimRetentionPolicy;
import io.towtank.api.Timestamps;
import io.towtank.controllers.workload.ControllerRefs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a StatefulSet's pods, and who owns them, which is how the garbage collector knows
 * which go with the set and which with a pod that is one too many (KEP-1847).
 *
 * <table>
 *   <caption>owner of a claim, by persistentVolumeClaimRetentionPolicy</caption>
 *   <tr><th>whenDeleted</th><th>whenScaled</th><th>pod is wanted</th><th>pod is too many</th></tr>
 *   <tr><td>Retain</td><td>Retain</td><td>none</td><td>none</td></tr>
 *   <tr><td>Delete</td><td>Retain</td><td>set</td><td>set</td></tr>
 *   <tr><td>Retain</td><td>Delete</td><td>none</td><td>pod</td></tr>
 *   <tr><td>Delete</td><td>Delete</td><td>set</td><td>pod</td></tr>
 * </table>
 */
final class StatefulClaims {
  private final StatefulSet set;
  private final Function<ObjectKey, @Nullable PersistentVolumeClaim> known;
  private final boolean deleteWithSet;
  private final boolean deleteWithPod;

  /**
   * @param known the claims that there are
   */
  StatefulClaims(StatefulSet set, Function<ObjectKey, @Nullable PersistentVolumeClaim> known) {
    this.set = set;
    this.known = known;
    StatefulSetPersistentVolumeClaimRetentionPolicy policy =
        set.spec().persistentVolumeClaimRetentionPolicy();
    this.deleteWithSet = policy != null && Objects.equals(policy.whenDeleted(), "Delete");
    this.deleteWithPod = policy != null && Objects.equals(policy.whenScaled(), "Delete");
  }

  /** The name of the claim of a template for the pod of a number. */
  static String name(StatefulSet set, PersistentVolumeClaim template, int ordinal) {
    return template.name() + "-" + set.name() + "-" + ordinal;
  }

  private @Nullable PersistentVolumeClaim known(PersistentVolumeClaim template, int ordinal) {
    return known.apply(new ObjectKey(set.metadata().namespace(), name(set, template, ordinal)));
  }

  /** The claims that the pod of a number needs and that there are not. */
  ImmutableList<PersistentVolumeClaim> missing(int ordinal) {
    ImmutableList<PersistentVolumeClaim> templates = set.spec().volumeClaimTemplates();
    if (templates.isEmpty()) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<PersistentVolumeClaim> missing = ImmutableList.builder();
    for (PersistentVolumeClaim template : templates) {
      if (known(template, ordinal) == null) {
        missing.add(
            template.withMetadata(
                ObjectMetaBuilder.builder(template.metadata())
                    .name(name(set, template, ordinal))
                    .namespace(set.metadata().namespace())
                    .creationTimestamp(Timestamps.NONE)
                    .deletionTimestamp(Timestamps.NONE)
                    .labels(
                        ImmutableMap.<String, String>builder()
                            .putAll(template.metadata().labels())
                            .putAll(set.spec().selector().matchLabels())
                            .buildKeepingLast())
                    .build()));
      }
    }
    return missing.build();
  }

  /** A claim of the pod of a number that is being deleted, null where there is none. */
  @Nullable PersistentVolumeClaim ending(int ordinal) {
    for (PersistentVolumeClaim template : set.spec().volumeClaimTemplates()) {
      PersistentVolumeClaim claim = known(template, ordinal);
      if (claim != null && claim.metadata().deletionTimestamp() != Timestamps.NONE) {
        return claim;
      }
    }
    return null;
  }

  /** Whether the new pod of a number would get a claim that goes with the last one. */
  boolean isStale(Pod pod, int ordinal) {
    if (!deleteWithPod) {
      return false;
    }
    for (PersistentVolumeClaim template : set.spec().volumeClaimTemplates()) {
      PersistentVolumeClaim claim = known(template, ordinal);
      if (claim != null && isStale(claim, pod)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The claims of a pod whose owners are not as the policy has them, with the owners that they
   * ought to have.
   *
   * @param condemned whether the pod is one too many
   */
  ImmutableList<PersistentVolumeClaim> misowned(Pod pod, boolean condemned) {
    ImmutableList<PersistentVolumeClaim> templates = set.spec().volumeClaimTemplates();
    if (templates.isEmpty()) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<PersistentVolumeClaim> changed = ImmutableList.builder();
    int ordinal = StatefulPods.ordinal(pod);
    for (PersistentVolumeClaim template : templates) {
      PersistentVolumeClaim claim = known(template, ordinal);
      if (claim != null && !isUpToDate(claim, pod, condemned)) {
        changed.add(owned(claim, pod, condemned));
      }
    }
    return changed.build();
  }

  private boolean isUpToDate(PersistentVolumeClaim claim, Pod pod, boolean condemned) {
    if (isStale(claim, set) || isStale(claim, pod)) {
      return true;
    }
    boolean ofSet = isOwned(claim, set);
    boolean ofPod = isOwned(claim, pod);
    if (hasOtherController(claim, pod)) {
      return !ofSet && !ofPod;
    }
    for (OwnerReference owner : claim.metadata().ownerReferences()) {
      if ((owner.uid().equals(set.metadata().uid()) || owner.uid().equals(pod.metadata().uid()))
          && !Boolean.TRUE.equals(owner.controller())) {
        return false;
      }
    }
    return ofSet == belongsToSet(condemned) && ofPod == belongsToPod(condemned);
  }

  private boolean belongsToPod(boolean condemned) {
    return deleteWithPod && condemned;
  }

  private boolean belongsToSet(boolean condemned) {
    return deleteWithSet && !belongsToPod(condemned);
  }

  private PersistentVolumeClaim owned(PersistentVolumeClaim claim, Pod pod, boolean condemned) {
    List<OwnerReference> owners = new ArrayList<>();
    for (OwnerReference owner : claim.metadata().ownerReferences()) {
      if (!refersTo(owner, set) && !refersTo(owner, pod)) {
        owners.add(owner);
      }
    }
    if (!hasOtherController(claim, pod)) {
      if (belongsToSet(condemned)) {
        owners.add(ControllerRefs.to(set));
      }
      if (belongsToPod(condemned)) {
        owners.add(ControllerRefs.to(pod));
      }
    }
    return claim.withMetadata(
        ObjectMetaBuilder.builder(claim.metadata())
            .ownerReferences(ImmutableList.copyOf(owners))
            .build());
  }

  /** Whether a claim is another's to manage, so that the policy is not ours to carry out. */
  private boolean hasOtherController(PersistentVolumeClaim claim, Pod pod) {
    if (!deleteWithSet && !deleteWithPod) {
      return false;
    }
    for (OwnerReference owner : claim.metadata().ownerReferences()) {
      if (refersTo(owner, set)) {
        if (!owner.uid().equals(set.metadata().uid())) {
          return true;
        }
      } else if (refersTo(owner, pod)) {
        if (!owner.uid().equals(pod.metadata().uid())) {
          return true;
        }
      } else if (Boolean.TRUE.equals(owner.controller())) {
        return true;
      }
    }
    return false;
  }

  private static boolean refersTo(OwnerReference owner, KubeObject object) {
    return owner.kind().equals(object.kind().name())
        && owner.apiVersion().equals(object.kind().apiVersion())
        && owner.name().equals(object.name());
  }

  private static boolean isOwned(PersistentVolumeClaim claim, KubeObject owner) {
    for (OwnerReference reference : claim.metadata().ownerReferences()) {
      if (reference.uid().equals(owner.metadata().uid())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a claim names an object that is gone, with the same name as this one. */
  private static boolean isStale(PersistentVolumeClaim claim, KubeObject object) {
    for (OwnerReference owner : claim.metadata().ownerReferences()) {
      if (refersTo(owner, object)) {
        return !owner.uid().equals(object.metadata().uid());
      }
    }
    return false;
  }
}
