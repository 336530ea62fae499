package io.towtank.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Event;
import io.towtank.api.GenericObject;
import io.towtank.api.Job;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.Service;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields by which objects of a kind can be selected, beside {@code metadata.name} and {@code
 * metadata.namespace} (pkg/apis/core/v1/conversion.go, and ToSelectableFields of each strategy).
 */
final class SelectableFields {
  /** The value of a field in an object, null where it has none. */
  interface Field extends Function<KubeObject, @Nullable String> {}

  private static final ImmutableMap<String, Field> POD =
      ImmutableMap.<String, Field>builder()
          .put("spec.nodeName", object -> ((Pod) object).nodeName())
          .put("spec.restartPolicy", object -> ((Pod) object).spec().restartPolicy())
          .put("spec.schedulerName", object -> ((Pod) object).spec().schedulerName())
          .put("spec.serviceAccountName", object -> ((Pod) object).spec().serviceAccountName())
          .put("spec.hostNetwork", object -> truth(((Pod) object).spec().hostNetwork()))
          .put("status.phase", object -> Objects.toString(((Pod) object).status().phase(), null))
          .put("status.podIP", object -> ((Pod) object).status().podIP())
          // Accepted, but no pod has a value for it: podStrategy's field set lacks it.
          .put("status.podIPs", object -> null)
          .put("status.nominatedNodeName", object -> ((Pod) object).status().nominatedNodeName())
          .build();

  private static final ImmutableMap<String, Field> NODE =
      ImmutableMap.of(
          "spec.unschedulable", object -> truth(((Node) object).spec().unschedulable()));

  private static final ImmutableMap<String, Field> NAMESPACE =
      ImmutableMap.of(
          "status.phase",
          object -> {
            Namespace namespace = (Namespace) object;
            return namespace.status() == null ? null : namespace.status().phase();
          });

  private static final ImmutableMap<String, Field> SERVICE =
      ImmutableMap.of(
          "spec.clusterIP",
          object -> {
            Service service = (Service) object;
            return service.spec() == null ? null : service.spec().clusterIP();
          },
          "spec.type",
          object -> {
            Service service = (Service) object;
            return service.spec() == null ? null : service.spec().type();
          });

  private static final ImmutableMap<String, Field> JOB =
      ImmutableMap.of(
          "status.successful", object -> String.valueOf(((Job) object).status().succeeded()));

  private static final ImmutableMap<String, Field> EVENT =
      ImmutableMap.<String, Field>builder()
          .put("involvedObject.kind", object -> ((Event) object).involvedObject().kind())
          .put("involvedObject.namespace", object -> ((Event) object).involvedObject().namespace())
          .put("involvedObject.name", object -> ((Event) object).involvedObject().name())
          .put(
              "involvedObject.uid",
              object -> Objects.toString(((Event) object).involvedObject().uid(), null))
          .put(
              "involvedObject.apiVersion", object -> ((Event) object).involvedObject().apiVersion())
          .put(
              "involvedObject.resourceVersion",
              object -> ((Event) object).involvedObject().resourceVersion())
          .put("involvedObject.fieldPath", object -> ((Event) object).involvedObject().fieldPath())
          .put("reason", object -> ((Event) object).reason())
          .put("reportingComponent", object -> ((Event) object).reportingComponent())
          .put("source", object -> source((Event) object))
          .put("type", object -> ((Event) object).type())
          .build();

  /** Kinds that no component interprets, by group and kind. */
  private static final ImmutableMap<String, ImmutableMap<String, Field>> GENERIC =
      ImmutableMap.of(
          "Secret", paths("type"),
          "ReplicationController", paths("status.replicas"),
          "CertificateSigningRequest.certificates.k8s.io", paths("spec.signerName"),
          "ResourceSlice.resource.k8s.io", paths("spec.nodeName", "spec.driver"));

  private static final ImmutableMap<Kind<?>, ImmutableMap<String, Field>> INTERPRETED =
      ImmutableMap.of(
          Kinds.POD, POD,
          Kinds.NODE, NODE,
          Kinds.NAMESPACE, NAMESPACE,
          Kinds.SERVICE, SERVICE,
          Kinds.JOB, JOB,
          Kinds.EVENT, EVENT);

  private SelectableFields() {}

  /**
   * How a field of a kind is read.
   *
   * @throws ApiException BadRequest where objects cannot be selected by it
   */
  static Field of(Kind<?> kind, String name) {
    if (name.equals("metadata.name")) {
      return KubeObject::name;
    }
    if (name.equals("metadata.namespace")) {
      return object -> object.metadata().namespace();
    }
    ImmutableMap<String, Field> own = INTERPRETED.get(kind);
    if (own == null) {
      own = GENERIC.get(kind.toString());
    }
    Field field = own == null ? null : own.get(name);
    if (field == null) {
      throw new ApiException(
          ApiException.Reason.BAD_REQUEST,
          own != null
              ? "field label not supported: " + name
              : "\""
                  + name
                  + "\" is not a known field selector: only \"metadata.name\","
                  + " \"metadata.namespace\"");
    }
    return field;
  }

  private static String truth(@Nullable Boolean value) {
    return value != null && value ? "true" : "false";
  }

  private static @Nullable String source(Event event) {
    String component = event.source() == null ? null : event.source().component();
    return component == null || component.isEmpty() ? event.reportingComponent() : component;
  }

  private static ImmutableMap<String, Field> paths(String... names) {
    ImmutableMap.Builder<String, Field> fields = ImmutableMap.builder();
    for (String name : names) {
      String[] path = name.split("\\.");
      fields.put(name, object -> text((GenericObject) object, path));
    }
    return fields.build();
  }

  private static @Nullable String text(GenericObject object, String[] path) {
    JsonNode node = object.content().get(path[0]);
    for (int i = 1; i < path.length && node != null; i++) {
      node = node.get(path[i]);
    }
    return node == null ? null : node.asText();
  }
}
