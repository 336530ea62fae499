package io.towtank.volume;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.Fields;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectReference;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.PersistentVolumeSpecBuilder;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.Selector;
import io.towtank.api.StorageClass;
import io.towtank.api.Timestamps;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a claim may have a volume (component-helpers: storage/volume/pv_helpers.go). */
public final class VolumeMatch {
  private static final Quantity NOTHING = Quantity.of(0);

  private VolumeMatch() {}

  /** The name of a claim's storage class, empty for none. */
  public static String className(PersistentVolumeClaim claim) {
    return className(claim.metadata(), claim.spec().storageClassName());
  }

  /** The name of a volume's storage class, empty for none. */
  public static String className(PersistentVolume volume) {
    return className(volume.metadata(), volume.spec().storageClassName());
  }

  private static String className(ObjectMeta metadata, @Nullable String name) {
    String annotated = metadata.annotations().get(VolumeKeys.BETA_CLASS);
    return annotated != null ? annotated : Objects.requireNonNullElse(name, "");
  }

  /** Whether the volumes of a class are chosen when a pod that uses them is scheduled. */
  public static boolean waitsForConsumer(@Nullable StorageClass storageClass) {
    return storageClass != null && "WaitForFirstConsumer".equals(storageClass.volumeBindingMode());
  }

  /**
   * The class of claims that name none: of several that are marked as such the newest, and of those
   * the first by name; null where there is none (pkg/volume/util: GetDefaultClass).
   */
  public static @Nullable StorageClass defaultClass(Iterable<StorageClass> classes) {
    StorageClass found = null;
    for (StorageClass candidate : classes) {
      if (isDefault(candidate) && (found == null || isBefore(candidate, found))) {
        found = candidate;
      }
    }
    return found;
  }

  private static boolean isDefault(StorageClass storageClass) {
    return "true".equals(storageClass.metadata().annotations().get(VolumeKeys.DEFAULT_CLASS))
        || "true".equals(storageClass.metadata().annotations().get(VolumeKeys.BETA_DEFAULT_CLASS));
  }

  private static boolean isBefore(StorageClass one, StorageClass other) {
    long age = one.metadata().creationTimestamp();
    long otherAge = other.metadata().creationTimestamp();
    return age == otherAge ? one.name().compareTo(other.name()) < 0 : age > otherAge;
  }

  /** Whether a claim says nothing of a class, not even that it wants none. */
  public static boolean isClassless(PersistentVolumeClaim claim) {
    return claim.spec().storageClassName() == null
        && !claim.metadata().annotations().containsKey(VolumeKeys.BETA_CLASS);
  }

  /** How much a claim asks for, in bytes. */
  public static Quantity requested(PersistentVolumeClaim claim) {
    ResourceRequirements resources = claim.spec().resources();
    Quantity storage = resources == null ? null : resources.requests().get("storage");
    return storage == null ? NOTHING : storage;
  }

  /** How large a volume is, in bytes. */
  public static Quantity capacity(PersistentVolume volume) {
    Quantity storage = volume.spec().capacity().get("storage");
    return storage == null ? NOTHING : storage;
  }

  /** Whether a volume is given to, or kept for, a claim (IsVolumeBoundToClaim). */
  public static boolean isFor(PersistentVolume volume, PersistentVolumeClaim claim) {
    ObjectReference owner = volume.spec().claimRef();
    return owner != null
        && claim.name().equals(owner.name())
        && Objects.equals(claim.metadata().namespace(), owner.namespace())
        && (owner.uid() == null || owner.uid().equals(claim.metadata().uid()));
  }

  /** Whether both are file systems or both are block devices. */
  public static boolean sameMode(PersistentVolume volume, PersistentVolumeClaim claim) {
    return mode(volume.spec().volumeMode()).equals(mode(claim.spec().volumeMode()));
  }

  private static String mode(@Nullable String mode) {
    return mode == null || mode.isEmpty() ? "Filesystem" : mode;
  }

  /** Whether both name the same VolumeAttributesClass, or none. */
  public static boolean sameAttributesClass(PersistentVolume volume, PersistentVolumeClaim claim) {
    return attributesClass(volume.spec().rest()).equals(attributesClass(claim.spec().rest()));
  }

  private static String attributesClass(Fields rest) {
    JsonNode name = rest.get("volumeAttributesClassName");
    return name == null ? "" : name.asText("");
  }

  /** Whether a claim may have a volume, wherever the volume is (FindMatchingVolume). */
  public static boolean suits(PersistentVolume volume, PersistentVolumeClaim claim) {
    if ((volume.spec().claimRef() != null && !isFor(volume, claim))
        || capacity(volume).compareTo(requested(claim)) < 0
        || !sameMode(volume, claim)
        || volume.metadata().deletionTimestamp() != Timestamps.NONE) {
      return false;
    }
    if (volume.spec().claimRef() != null) {
      return true;
    }
    return volume.status() != null
        && "Available".equals(volume.status().phase())
        && (claim.spec().selector() == null
            || Selector.of(claim.spec().selector()).matches(volume.metadata().labels()))
        && className(claim).equals(className(volume))
        && sameAttributesClass(volume, claim)
        && volume.spec().accessModes().containsAll(claim.spec().accessModes());
  }

  /**
   * A volume as it is given to a claim; the same instance where it is already
   * (GetBindVolumeToClaim).
   */
  public static PersistentVolume given(PersistentVolume volume, PersistentVolumeClaim claim) {
    ObjectReference owner = volume.spec().claimRef();
    boolean kept = isFor(volume, claim);
    if (kept && owner != null && owner.uid() != null) {
      return volume;
    }
    ObjectReference reference =
        new ObjectReference(
            "v1",
            "PersistentVolumeClaim",
            claim.metadata().namespace(),
            claim.name(),
            claim.metadata().uid(),
            String.valueOf(claim.resourceVersion()),
            null,
            Fields.NONE);
    PersistentVolume given =
        volume.withSpec(
            PersistentVolumeSpecBuilder.builder(volume.spec()).claimRef(reference).build());
    return kept
        ? given
        : given.withMetadata(
            VolumeKeys.annotated(volume.metadata(), VolumeKeys.BOUND_BY_CONTROLLER, "yes"));
  }
}
