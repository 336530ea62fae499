package io.towtank.store.admission;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Namespace;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PriorityClass;
import io.towtank.api.Timestamps;
import io.towtank.store.ApiStore;

/** What every cluster has from its start. */
public final class SystemObjects {
  private SystemObjects() {}

  /**
   * Creates the system's namespaces with their accounts and priority classes in a store, those that
   * are not there yet (kube-apiserver: controlplane/controller/systemnamespaces;
   * pkg/apis/scheduling/v1/helpers.go).
   */
  public static void createIn(ApiStore store) {
    for (String name : NamespaceLifecycle.SYSTEM_NAMESPACES) {
      if (store.get(Kinds.NAMESPACE, null, name) == null) {
        ObjectMeta meta =
            ObjectMetaBuilder.builder(meta(name))
                .labels(ImmutableMap.of("kubernetes.io/metadata.name", name))
                .build();
        store.create(new Namespace(meta, 0, null, null, Fields.NONE));
      }
      createAccountIn(store, name);
    }
    priorityClass(
        store,
        "system-node-critical",
        2_000_001_000,
        "Used for system critical pods that must not be moved from their current node.");
    priorityClass(
        store,
        "system-cluster-critical",
        2_000_000_000,
        "Used for system critical pods that must run in the cluster, but can be moved to another"
            + " node if necessary.");
  }

  /**
   * Creates the default account of a namespace where it is not there yet: of one that was there
   * before the run, whose account a controller would have made long ago.
   */
  public static void createAccountIn(ApiStore store, String namespace) {
    if (store.get(ServiceAccounts.KIND, namespace, ServiceAccounts.DEFAULT) == null) {
      store.create(ServiceAccounts.ofNamespace(namespace));
    }
  }

  private static void priorityClass(ApiStore store, String name, int value, String description) {
    if (store.get(Kinds.PRIORITY_CLASS, null, name) == null) {
      store.create(
          new PriorityClass(
              meta(name), 0, value, null, description, "PreemptLowerPriority", Fields.NONE));
    }
  }

  private static ObjectMeta meta(String name) {
    return ObjectMetaBuilder.builder()
        .name(name)
        .creationTimestamp(Timestamps.NONE)
        .deletionTimestamp(Timestamps.NONE)
        .build();
  }
}
