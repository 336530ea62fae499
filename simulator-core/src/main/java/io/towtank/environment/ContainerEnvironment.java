package io.towtank.environment;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Container;
import io.towtank.api.GenericObject;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.Quantity;
import io.towtank.api.ResourceRequirements;
import io.towtank.api.Service;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The environment of a container as the kubelet makes it: {@code envFrom}, then {@code env}, then
 * services for what is not set yet (kubelet: makeEnvironmentVariables). Values of Secrets are not
 * told.
 */
public final class ContainerEnvironment {
  private static final String HIDDEN = "<hidden>";

  private final Pod pod;
  private final Container container;
  private final Configuration configuration;
  private final ImmutableMap<String, Quantity> allocatable;
  private final Map<String, String> services;
  private final Map<String, Variable> variables = new LinkedHashMap<>();

  private ContainerEnvironment(
      Pod pod,
      Container container,
      Configuration configuration,
      ImmutableMap<String, Quantity> allocatable,
      Map<String, String> services) {
    this.pod = pod;
    this.container = container;
    this.configuration = configuration;
    this.allocatable = allocatable;
    this.services = services;
  }

  /**
   * What a container would get now.
   *
   * @param allocatable of the pod's node, which limits stand for that are not set
   * @param services all that there are
   */
  public static ImmutableList<Variable> of(
      Pod pod,
      Container container,
      Configuration configuration,
      ImmutableMap<String, Quantity> allocatable,
      Iterable<Service> services) {
    JsonNode links = pod.spec().rest().get("enableServiceLinks");
    return new ContainerEnvironment(
            pod,
            container,
            configuration,
            allocatable,
            ServiceVariables.of(services, namespace(pod), links == null || links.asBoolean(true)))
        .make();
  }

  private static String namespace(Pod pod) {
    return Objects.requireNonNullElse(pod.metadata().namespace(), "default");
  }

  private ImmutableList<Variable> make() {
    for (JsonNode source : References.list(container, "envFrom")) {
      String prefix = source.path("prefix").asText();
      addAll(Reference.Source.CONFIG_MAP, source.path("configMapRef"), prefix);
      addAll(Reference.Source.SECRET, source.path("secretRef"), prefix);
    }
    for (JsonNode variable : References.list(container, "env")) {
      add(variable);
    }
    services.forEach(
        (name, value) -> variables.putIfAbsent(name, new Variable(name, value, "services")));
    return ImmutableList.copyOf(variables.values());
  }

  private void addAll(Reference.Source what, JsonNode source, String prefix) {
    String object = source.path("name").asText();
    GenericObject found =
        configuration.find(new Reference(what, object, null, true), namespace(pod));
    if (!source.isObject() || found == null) {
      return;
    }
    String from = from(what, object);
    Configuration.data(found)
        .forEach((key, value) ->
            set(prefix + key, what == Reference.Source.SECRET ? HIDDEN : value, from));
  }

  private void add(JsonNode variable) {
    String name = variable.path("name").asText();
    JsonNode source = variable.path("valueFrom");
    String plain = variable.path("value").asText();
    if (!plain.isEmpty() || !source.isObject()) {
      set(name, expanded(plain), "value");
    } else if (source.has("fieldRef")) {
      String path = source.path("fieldRef").path("fieldPath").asText();
      set(name, field(path), "field " + path);
    } else if (source.has("resourceFieldRef")) {
      JsonNode resource = source.path("resourceFieldRef");
      String value = resource(resource);
      if (value != null) {
        set(name, value, "resource " + resource.path("resource").asText());
      }
    } else {
      addKey(name, Reference.Source.CONFIG_MAP, source.path("configMapKeyRef"));
      addKey(name, Reference.Source.SECRET, source.path("secretKeyRef"));
    }
  }

  private void addKey(String name, Reference.Source what, JsonNode source) {
    String object = source.path("name").asText();
    String key = source.path("key").asText();
    GenericObject found =
        source.isObject()
            ? configuration.find(new Reference(what, object, key, true), namespace(pod))
            : null;
    String value = found == null ? null : Configuration.data(found).get(key);
    if (value != null) {
      set(
          name,
          what == Reference.Source.SECRET ? HIDDEN : value,
          from(what, object) + ", key " + key);
    }
  }

  private static String from(Reference.Source what, String object) {
    return (what == Reference.Source.SECRET ? "secret " : "config map ") + object;
  }

  private void set(String name, String value, String from) {
    variables.put(name, new Variable(name, value, from));
  }

  /** Puts values in the place of {@code $(NAME)}; {@code $$} stands for a dollar sign. */
  private String expanded(String text) {
    StringBuilder result = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      boolean last = i + 1 == text.length();
      if (c != '$' || last) {
        result.append(c);
        i++;
      } else if (text.charAt(i + 1) == '$') {
        result.append('$');
        i += 2;
      } else if (text.charAt(i + 1) == '(' && text.indexOf(')', i) > 0) {
        int end = text.indexOf(')', i);
        String name = text.substring(i + 2, end);
        Variable known = variables.get(name);
        String value = known == null ? services.get(name) : known.value();
        result.append(value == null ? text.substring(i, end + 1) : value);
        i = end + 1;
      } else {
        result.append(c).append(text.charAt(i + 1));
        i += 2;
      }
    }
    return result.toString();
  }

  // The downward API

  private String field(String path) {
    int bracket = path.indexOf("['");
    if (bracket > 0 && path.endsWith("']")) {
      String key = path.substring(bracket + 2, path.length() - 2);
      ImmutableMap<String, String> map =
          path.startsWith("metadata.annotations")
              ? pod.metadata().annotations()
              : pod.metadata().labels();
      return map.getOrDefault(key, "");
    }
    return switch (path) {
      case "metadata.name" -> pod.name();
      case "metadata.namespace" -> namespace(pod);
      case "metadata.uid" -> text(pod.metadata().uid());
      case "spec.nodeName" -> text(pod.nodeName());
      case "spec.serviceAccountName" -> text(pod.spec().serviceAccountName());
      case "status.hostIP", "status.hostIPs" -> text(pod.status().hostIP());
      case "status.podIP", "status.podIPs" -> text(pod.status().podIP());
      default -> "";
    };
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  /** What a container asks for or may have of a resource, in units of a divisor, rounded up. */
  private @Nullable String resource(JsonNode reference) {
    String name = reference.path("containerName").asText();
    Container whose = name.isEmpty() ? container : find(pod.spec(), name);
    String path = reference.path("resource").asText();
    int dot = path.indexOf('.');
    if (whose == null || dot < 0) {
      return null;
    }
    boolean limit = path.startsWith("limits.");
    String resource = path.substring(dot + 1);
    ResourceRequirements resources = whose.resources();
    Quantity amount =
        resources == null
            ? null
            : (limit ? resources.limits() : resources.requests()).get(resource);
    if (amount == null) {
      amount = limit ? allocatable.get(resource) : Quantity.ZERO;
    }
    String divisor = reference.path("divisor").asText("1");
    Quantity unit =
        divisor.isEmpty() || divisor.equals("0") ? Quantity.of(1) : Quantity.parse(divisor);
    boolean cpu = resource.equals("cpu");
    long units = cpu ? unit.milliValue() : unit.value();
    long value = amount == null ? 0 : cpu ? amount.milliValue() : amount.value();
    return BigDecimal.valueOf(value)
        .divide(BigDecimal.valueOf(Math.max(1, units)), 0, RoundingMode.CEILING)
        .toPlainString();
  }

  /** The container of that name; null where the pod has none. */
  private static @Nullable Container find(PodSpec spec, String name) {
    return Stream.concat(spec.containers().stream(), spec.initContainers().stream())
        .filter(container -> container.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /**
   * Why a container cannot be created whatever there is: it asks for the resources of a container
   * that the pod does not have (kubelet: containerResourceRuntimeValue); null where it can.
   */
  public static @Nullable String mistake(PodSpec spec, Container container) {
    for (JsonNode variable : References.list(container, "env")) {
      String name =
          variable.path("valueFrom").path("resourceFieldRef").path("containerName").asText();
      if (!name.isEmpty() && find(spec, name) == null) {
        return "container " + name + " not found";
      }
    }
    return null;
  }
}
