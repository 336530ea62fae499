package io.towtank.store.admission;

import com.google.common.collect.ImmutableList;
import io.towtank.store.Admission;
import io.towtank.store.service.ServiceRanges;
import io.towtank.store.service.ServiceRegistry;

/**
 * The admission plugins that a cluster has on, in their order (kube-apiserver: options/plugins.go).
 */
public final class StandardAdmission {
  private StandardAdmission() {}

  /** The chain, for one store, where Services get what they get by default. */
  public static ImmutableList<Admission> chain() {
    return chain(ServiceRanges.DEFAULT);
  }

  /** The chain, for one store. */
  public static ImmutableList<Admission> chain(ServiceRanges services) {
    return ImmutableList.of(
        // Before all plugins: the API server does so as it reads a request.
        new ObjectDefaulter(),
        new NamespaceLifecycle(),
        new LimitRanger(),
        new PriorityAdmission(),
        new DefaultTolerationSeconds(),
        new DefaultStorageClass(),
        new StorageObjectInUseProtection(),
        new PersistentVolumeClaimResize(),
        // The registry works on what the plugins before have made.
        new ServiceRegistry(services),
        // The last: what is charged has been admitted by all others.
        new ResourceQuotaAdmission());
  }
}
