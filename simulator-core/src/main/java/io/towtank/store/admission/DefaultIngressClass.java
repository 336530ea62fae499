package io.towtank.store.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.Selection;
import org.jspecify.annotations.Nullable;

/**
 * Gives Ingresses that name no class the default one, where there is one
 * (plugin/pkg/admission/network/defaultingressclass).
 */
public final class DefaultIngressClass implements Admission {
  private static final String CLASS = "kubernetes.io/ingress.class";
  private static final Kind<?> INGRESS = Kinds.of("networking.k8s.io/v1", "Ingress");

  private static final Kind<GenericObject> INGRESS_CLASS =
      Kinds.generic("networking.k8s.io/v1", "IngressClass");

  @Override
  public KubeObject admit(AdmissionRequest request) {
    if (!request.create()
        || !(request.object() instanceof GenericObject ingress)
        || !ingress.kind().equals(INGRESS)
        || ingress.metadata().annotations().containsKey(CLASS)
        || !(ingress.content().get("spec") instanceof ObjectNode spec)
        || hasClass(spec)) {
      return request.object();
    }
    @Nullable GenericObject[] chosen = {null};
    request
        .store()
        .forEach(
            INGRESS_CLASS,
            Selection.ALL,
            candidate -> {
              if (DefaultMark.isDefaultIngressClass(candidate.metadata())
                  && DefaultMark.isBetter(candidate, chosen[0])) {
                chosen[0] = candidate;
              }
            });
    GenericObject found = chosen[0];
    return found == null
        ? ingress
        : ingress.with("spec", spec.deepCopy().put("ingressClassName", found.name()));
  }

  private static boolean hasClass(JsonNode spec) {
    return !spec.path("ingressClassName").isMissingNode()
        && !spec.path("ingressClassName").isNull();
  }
}
