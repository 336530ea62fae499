package io.towtank.store.admission;

import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.NamespaceStatus;
import io.towtank.api.Timestamps;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiException;

/**
 * Refuses what is created in a namespace that does not exist or is going away (apiserver:
 * admission/plugin/namespace/lifecycle).
 */
public final class NamespaceLifecycle implements Admission {
  /** The namespaces that every cluster has from its start. */
  public static final ImmutableSet<String> SYSTEM_NAMESPACES =
      ImmutableSet.of("default", "kube-system", "kube-public", "kube-node-lease");

  @Override
  public KubeObject admit(AdmissionRequest request) {
    KubeObject object = request.object();
    String name = object.metadata().namespace();
    if (!request.create() || name == null) {
      return object;
    }
    Namespace namespace = request.store().get(Kinds.NAMESPACE, null, name);
    if (namespace == null) {
      throw ApiException.notFound(Kinds.NAMESPACE, name);
    }
    NamespaceStatus status = namespace.status();
    if (namespace.metadata().deletionTimestamp() != Timestamps.NONE
        || (status != null && "Terminating".equals(status.phase()))) {
      throw ApiException.forbidden(
          object,
          "unable to create new content in namespace " + name + " because it is being terminated");
    }
    return object;
  }
}
