package io.towtank.volume;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;

/** Annotations and finalizers of claims, volumes and classes, by Kubernetes' own names. */
public final class VolumeKeys {
  /** On a claim: it has been bound once, and is Lost where its volume is gone. */
  public static final String BIND_COMPLETED = "pv.kubernetes.io/bind-completed";

  /** On a claim or volume: the other one was chosen for it, not asked for by name. */
  public static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";

  /** On a volume: which provisioner made it. */
  public static final String PROVISIONED_BY = "pv.kubernetes.io/provisioned-by";

  /** On a claim: which provisioner is to make its volume. */
  public static final String PROVISIONER = "volume.kubernetes.io/storage-provisioner";

  /** The same, under its older name, which is still written. */
  public static final String BETA_PROVISIONER = "volume.beta.kubernetes.io/storage-provisioner";

  /** On a claim: the node that the scheduler has chosen for its first pod. */
  public static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";

  /** On a claim or volume: the name of its class, as it was once written. */
  public static final String BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

  /** On a class: it is that of claims that name none. */
  public static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

  /** The same, under its older name, which is still read. */
  public static final String BETA_DEFAULT_CLASS =
      "storageclass.beta.kubernetes.io/is-default-class";

  /** On a claim: it stays while a pod uses it. */
  public static final String CLAIM_PROTECTION = "kubernetes.io/pvc-protection";

  /** On a volume: it stays while it is bound. */
  public static final String VOLUME_PROTECTION = "kubernetes.io/pv-protection";

  /** The provisioner of classes whose volumes are made by hand. */
  public static final String NO_PROVISIONER = "kubernetes.io/no-provisioner";

  private VolumeKeys() {}

  /** Metadata with an annotation set. */
  public static ObjectMeta annotated(ObjectMeta metadata, String key, String value) {
    return ObjectMetaBuilder.builder(metadata)
        .annotations(
            ImmutableMap.<String, String>builder()
                .putAll(metadata.annotations())
                .put(key, value)
                .buildKeepingLast())
        .build();
  }

  /** Metadata without an annotation. */
  public static ObjectMeta withoutAnnotation(ObjectMeta metadata, String key) {
    ImmutableMap.Builder<String, String> left = ImmutableMap.builder();
    metadata
        .annotations()
        .forEach((name, value) -> {
          if (!name.equals(key)) {
            left.put(name, value);
          }
        });
    return ObjectMetaBuilder.builder(metadata).annotations(left.buildOrThrow()).build();
  }
}
