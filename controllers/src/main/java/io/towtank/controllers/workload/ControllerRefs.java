package io.towtank.controllers.workload;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.Uid;
import org.jspecify.annotations.Nullable;

/** Which controller an object belongs to (apimachinery: metav1.GetControllerOf). */
public final class ControllerRefs {
  private ControllerRefs() {}

  /** The reference to the object's controller, null where it is an orphan. */
  public static @Nullable OwnerReference of(ObjectMeta meta) {
    ImmutableList<OwnerReference> owners = meta.ownerReferences();
    for (int i = 0; i < owners.size(); i++) {
      OwnerReference owner = owners.get(i);
      if (Boolean.TRUE.equals(owner.controller())) {
        return owner;
      }
    }
    return null;
  }

  /** Whether an object of that uid is the object's controller. */
  public static boolean isControlledBy(ObjectMeta meta, Uid uid) {
    OwnerReference owner = of(meta);
    return owner != null && owner.uid().equals(uid);
  }

  /** The reference that makes an object belong to a controller (metav1.NewControllerRef). */
  public static OwnerReference to(KubeObject controller) {
    return new OwnerReference(
        controller.kind().apiVersion(),
        controller.kind().name(),
        controller.name(),
        uid(controller),
        true,
        true,
        Fields.NONE);
  }

  /** The uid of an object that the API has given one. */
  public static Uid uid(KubeObject object) {
    Uid uid = object.metadata().uid();
    if (uid == null) {
      throw new IllegalArgumentException(
          object.kind() + " " + object.name() + " has no uid: it was never stored");
    }
    return uid;
  }

  /** Metadata with one more owner. */
  public static ObjectMeta adopted(ObjectMeta meta, OwnerReference controller) {
    return ObjectMetaBuilder.builder(meta)
        .ownerReferences(
            ImmutableList.<OwnerReference>builder()
                .addAll(meta.ownerReferences())
                .add(controller)
                .build())
        .build();
  }

  /** Metadata without the owner of that uid. */
  public static ObjectMeta released(ObjectMeta meta, Uid owner) {
    return ObjectMetaBuilder.builder(meta)
        .ownerReferences(
            meta.ownerReferences().stream()
                .filter(reference -> !reference.uid().equals(owner))
                .collect(ImmutableList.toImmutableList()))
        .build();
  }
}
