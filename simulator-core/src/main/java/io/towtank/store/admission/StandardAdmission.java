package io.towtank.store.admission;

import com.google.common.collect.ImmutableList;
import io.towtank.store.Admission;

/**
 * The admission plugins that a cluster has on, in their order (kube-apiserver: options/plugins.go).
 */
public final class StandardAdmission {
  private StandardAdmission() {}

  /** The chain, for one store. */
  public static ImmutableList<Admission> chain() {
    return ImmutableList.of(
        // Before all plugins: the API server does so as it reads a request.
        new ObjectDefaulter(),
        new NamespaceLifecycle(),
        new LimitRanger(),
        new PriorityAdmission(),
        new DefaultTolerationSeconds(),
        // The last: what is charged has been admitted by all others.
        new ResourceQuotaAdmission());
  }
}
