package io.towtank.store.admission;

import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Timestamps;

/** The accounts of which pods are. */
public final class ServiceAccounts {
  /** The kind of the API objects. */
  public static final Kind<GenericObject> KIND = Kinds.generic("v1", "ServiceAccount");

  /** The account of pods that name none; every namespace has it. */
  public static final String DEFAULT = "default";

  private ServiceAccounts() {}

  /** The account that a namespace gets with its creation. */
  public static GenericObject ofNamespace(String namespace) {
    return new GenericObject(
        KIND,
        ObjectMetaBuilder.builder()
            .namespace(namespace)
            .name(DEFAULT)
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .build(),
        0,
        Fields.NONE);
  }
}
