package io.towtank.defaults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Quantity;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Pods and templates (pkg/apis/core/v1/defaults.go: SetDefaults_Pod, SetDefaults_PodSpec). */
final class PodDefaults {
  private static final int FILE_MODE = 420; // 0644
  private static final int TOKEN_SECONDS = 3600;

  private PodDefaults() {}

  /** A template, whose metadata is always there. */
  static void template(ObjectNode template) {
    Absent.object(template, "metadata");
    spec(Absent.object(template, "spec"));
  }

  /** What templates and pods have in common. */
  static void spec(ObjectNode spec) {
    for (ObjectNode volume : Absent.objects(spec, "volumes")) {
      volume(volume);
    }
    for (String list : new String[] {"initContainers", "containers", "ephemeralContainers"}) {
      for (ObjectNode container : Absent.objects(spec, list)) {
        container(container);
      }
    }
    Absent.set(spec, "restartPolicy", "Always");
    Absent.set(spec, "terminationGracePeriodSeconds", 30);
    Absent.set(spec, "dnsPolicy", "ClusterFirst");
    Absent.object(spec, "securityContext");
    Absent.set(spec, "schedulerName", "default-scheduler");
    // The two are one: serviceAccount is the old name.
    if (Absent.is(spec, "serviceAccountName")) {
      if (!Absent.is(spec, "serviceAccount")) {
        spec.set("serviceAccountName", spec.path("serviceAccount"));
      }
    } else {
      spec.set("serviceAccount", spec.path("serviceAccountName"));
    }
  }

  /** What only pods have, on top of {@link #spec}. */
  static void podOnly(ObjectNode spec) {
    for (String list : new String[] {"initContainers", "containers"}) {
      for (ObjectNode container : Absent.objects(spec, list)) {
        containerOfPod(container, spec.path("hostNetwork").asBoolean());
      }
    }
    podRequests(spec);
    Absent.set(spec, "enableServiceLinks", true);
  }

  /** What only containers of pods have, on top of {@link #container}. */
  static void containerOfPod(ObjectNode container, boolean hostNetwork) {
    requestsFromLimits(Absent.object(container, "resources"));
    if (hostNetwork) {
      for (ObjectNode port : Absent.objects(container, "ports")) {
        if (port.path("containerPort").isNumber()) {
          Absent.setPositive(port, "hostPort", port.path("containerPort").asInt());
        }
      }
    }
  }

  private static void requestsFromLimits(ObjectNode resources) {
    if (!resources.path("limits").isObject() || resources.path("limits").isEmpty()) {
      return;
    }
    ObjectNode requests = Absent.object(resources, "requests");
    for (Map.Entry<String, JsonNode> limit : resources.path("limits").properties()) {
      if (!requests.has(limit.getKey())) {
        requests.set(limit.getKey(), limit.getValue());
      }
    }
  }

  /**
   * Requests of the pod as a whole, where it has limits as a whole (KEP-2837): what its containers
   * request, or else the limit.
   */
  private static void podRequests(ObjectNode spec) {
    if (!(spec.path("resources") instanceof ObjectNode resources)
        || resources.path("limits").isEmpty()) {
      return;
    }
    ObjectNode requests = Absent.object(resources, "requests");
    for (Map.Entry<String, Quantity> requested : requested(spec).entrySet()) {
      String name = requested.getKey();
      if (!requests.has(name) && (name.equals("cpu") || name.equals("memory"))) {
        requests.put(name, requested.getValue().toString());
      }
    }
    for (Map.Entry<String, JsonNode> limit : resources.path("limits").properties()) {
      if (!requests.has(limit.getKey())) {
        requests.set(limit.getKey(), limit.getValue());
      }
    }
  }

  /**
   * What the containers request together (component-helpers: AggregateContainerRequests): all that
   * run at once, or the largest init container with the sidecars before it.
   */
  private static Map<String, Quantity> requested(ObjectNode spec) {
    Map<String, Quantity> sum = new TreeMap<>();
    for (ObjectNode container : Absent.objects(spec, "containers")) {
      amounts(container).forEach((name, amount) -> sum.merge(name, amount, Quantity::add));
    }
    Map<String, Quantity> sidecars = new TreeMap<>();
    Map<String, Quantity> largest = new TreeMap<>();
    for (ObjectNode container : Absent.objects(spec, "initContainers")) {
      Map<String, Quantity> amounts = amounts(container);
      if (container.path("restartPolicy").asText().equals("Always")) {
        amounts.forEach((name, amount) -> sum.merge(name, amount, Quantity::add));
        amounts.forEach((name, amount) -> sidecars.merge(name, amount, Quantity::add));
        sidecars.forEach((name, amount) -> largest.merge(name, amount, PodDefaults::max));
      } else {
        Map<String, Quantity> now = new TreeMap<>(sidecars);
        amounts.forEach((name, amount) -> now.merge(name, amount, Quantity::add));
        now.forEach((name, amount) -> largest.merge(name, amount, PodDefaults::max));
      }
    }
    largest.forEach((name, amount) -> sum.merge(name, amount, PodDefaults::max));
    return sum;
  }

  private static Map<String, Quantity> amounts(ObjectNode container) {
    Map<String, Quantity> amounts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> request :
        container.path("resources").path("requests").properties()) {
      amounts.put(request.getKey(), Quantity.parse(request.getValue().asText()));
    }
    return amounts;
  }

  private static Quantity max(Quantity a, Quantity b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  static void volume(ObjectNode volume) {
    boolean hasSource = false;
    for (Map.Entry<String, JsonNode> field : volume.properties()) {
      hasSource |= !field.getKey().equals("name") && !field.getValue().isNull();
    }
    if (!hasSource) {
      volume.putObject("emptyDir");
    }
    for (String source : new String[] {"secret", "configMap", "downwardAPI", "projected"}) {
      if (volume.path(source) instanceof ObjectNode files) {
        Absent.set(files, "defaultMode", FILE_MODE);
      }
    }
    fieldReferences(volume.path("downwardAPI"));
    for (ObjectNode source : Absent.objects(volume.path("projected"), "sources")) {
      if (source.path("serviceAccountToken") instanceof ObjectNode token) {
        Absent.set(token, "expirationSeconds", TOKEN_SECONDS);
      }
      fieldReferences(source.path("downwardAPI"));
    }
    if (volume.path("ephemeral").path("volumeClaimTemplate") instanceof ObjectNode claim) {
      StorageDefaults.claimSpec(Absent.object(claim, "spec"));
    }
    if (volume.path("image") instanceof ObjectNode image) {
      Absent.set(image, "pullPolicy", pullPolicy(image.path("reference").asText()));
    }
    StorageDefaults.volumeSource(volume);
  }

  private static void fieldReferences(JsonNode source) {
    for (ObjectNode item : Absent.objects(source, "items")) {
      fieldReference(item);
    }
  }

  private static void fieldReference(ObjectNode holder) {
    if (holder.path("fieldRef") instanceof ObjectNode reference) {
      Absent.set(reference, "apiVersion", "v1");
    }
  }

  static void container(ObjectNode container) {
    for (ObjectNode port : Absent.objects(container, "ports")) {
      Absent.set(port, "protocol", "TCP");
    }
    for (ObjectNode variable : Absent.objects(container, "env")) {
      if (variable.path("valueFrom") instanceof ObjectNode source) {
        fieldReference(source);
      }
    }
    Absent.object(container, "resources");
    for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
      if (container.path(probe) instanceof ObjectNode here) {
        Absent.setPositive(here, "timeoutSeconds", 1);
        Absent.setPositive(here, "periodSeconds", 10);
        Absent.setPositive(here, "successThreshold", 1);
        Absent.setPositive(here, "failureThreshold", 3);
        httpGet(here);
        if (here.path("grpc") instanceof ObjectNode grpc && !grpc.has("service")) {
          grpc.put("service", "");
        }
      }
    }
    for (String hook : List.of("postStart", "preStop")) {
      httpGet(container.path("lifecycle").path(hook));
    }
    Absent.set(container, "terminationMessagePath", "/dev/termination-log");
    Absent.set(container, "terminationMessagePolicy", "File");
    Absent.set(container, "imagePullPolicy", pullPolicy(container.path("image").asText()));
  }

  private static void httpGet(JsonNode handler) {
    if (handler.path("httpGet") instanceof ObjectNode get) {
      Absent.set(get, "path", "/");
      Absent.set(get, "scheme", "HTTP");
    }
  }

  /** Images without tag and digest are the latest (pkg/util/parsers: ParseImageName). */
  static String pullPolicy(String image) {
    if (image.contains("@")) {
      return "IfNotPresent";
    }
    String name = image.substring(image.lastIndexOf('/') + 1);
    int colon = name.indexOf(':');
    return !image.isEmpty() && (colon < 0 || name.substring(colon + 1).equals("latest"))
        ? "Always"
        : "IfNotPresent";
  }
}
