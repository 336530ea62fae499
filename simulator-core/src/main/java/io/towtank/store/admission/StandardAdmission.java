package io.towtank.store.admission;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.store.Admission;
import io.towtank.store.service.ServiceRegistry;
import java.util.function.Supplier;

/**
 * The admission plugins that a cluster has on, in their order (kube-apiserver: options/plugins.go,
 * AllOrderedPlugins), between what the API server does before and after them.
 */
public final class StandardAdmission {
  static final String SERVICE_ACCOUNT = "ServiceAccount";

  private static final ImmutableMap<String, Supplier<Admission>> MUTATING =
      ImmutableMap.<String, Supplier<Admission>>builder()
          .put("NamespaceLifecycle", NamespaceLifecycle::new)
          .put("LimitRanger", LimitRanger::new)
          .put(SERVICE_ACCOUNT, ServiceAccountAdmission::new)
          .put("Priority", PriorityAdmission::new)
          .put("DefaultTolerationSeconds", DefaultTolerationSeconds::new)
          .put("DefaultStorageClass", DefaultStorageClass::new)
          .put("StorageObjectInUseProtection", StorageObjectInUseProtection::new)
          .put("DefaultIngressClass", DefaultIngressClass::new)
          .buildOrThrow();

  private static final ImmutableMap<String, Supplier<Admission>> VALIDATING =
      ImmutableMap.of(
          "PersistentVolumeClaimResize",
          PersistentVolumeClaimResize::new,
          // The last: what is charged has been admitted by all others.
          "ResourceQuota",
          ResourceQuotaAdmission::new);

  /** The names of the plugins, in their order. */
  public static final ImmutableSet<String> PLUGINS =
      ImmutableSet.<String>builder().addAll(MUTATING.keySet()).addAll(VALIDATING.keySet()).build();

  private StandardAdmission() {}

  /** The chain of a cluster that nobody has set up otherwise, for one store. */
  public static ImmutableList<Admission> chain() {
    return chain(ApiServerOptions.DEFAULT);
  }

  /** The chain, for one store. */
  public static ImmutableList<Admission> chain(ApiServerOptions options) {
    ImmutableList.Builder<Admission> chain = ImmutableList.builder();
    // Before all plugins: the API server does so as it reads a request.
    chain.add(new ObjectDefaulter());
    chain.add(new DisabledFields(options.featureGates()));
    add(MUTATING, options, chain);
    // The registry works on what the plugins before have made, and checks what comes of it.
    chain.add(new ServiceRegistry(options.services()));
    chain.add(new UpdateRules(options.featureGates()));
    add(VALIDATING, options, chain);
    return chain.build();
  }

  private static void add(
      ImmutableMap<String, Supplier<Admission>> plugins,
      ApiServerOptions options,
      ImmutableList.Builder<Admission> chain) {
    plugins.forEach((name, plugin) -> {
      if (!options.disabledPlugins().contains(name)) {
        chain.add(plugin.get());
      }
    });
  }
}
