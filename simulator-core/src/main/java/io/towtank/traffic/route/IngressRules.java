package io.towtank.traffic.route;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Ascii;
import com.google.common.base.Splitter;
import io.towtank.api.GenericObject;
import io.towtank.api.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules of all Ingresses together (networking.k8s.io/v1), as ingress controllers follow them:
 * the host that is named before one with a wildcard before none; of its paths an exact one before
 * the longest that begins the request's; what nothing matches goes to the default backend.
 */
final class IngressRules {
  private final List<Rule> rules = new ArrayList<>();
  private @Nullable ObjectKey defaultService;

  private record Rule(String host, String path, boolean exact, ObjectKey service) {
    boolean matches(String asked) {
      return exact ? path.equals(asked) : isPrefix(path, asked);
    }
  }

  /** Adds those of an Ingress. */
  void add(GenericObject ingress) {
    JsonNode spec = ingress.content().get("spec");
    if (spec == null) {
      return;
    }
    String namespace = ingress.metadata().namespace();
    ObjectKey otherwise = service(spec.path("defaultBackend"), namespace);
    if (otherwise != null && defaultService == null) {
      defaultService = otherwise;
    }
    for (JsonNode rule : spec.path("rules")) {
      String host = Ascii.toLowerCase(rule.path("host").asText(""));
      for (JsonNode path : rule.path("http").path("paths")) {
        ObjectKey service = service(path.path("backend"), namespace);
        if (service != null) {
          rules.add(
              new Rule(
                  host,
                  path.path("path").asText("/"),
                  path.path("pathType").asText("").equals("Exact"),
                  service));
        }
      }
    }
  }

  private static @Nullable ObjectKey service(JsonNode backend, @Nullable String namespace) {
    String name = backend.path("service").path("name").asText("");
    return name.isEmpty() ? null : new ObjectKey(namespace, name);
  }

  /** Whether a path begins another, element by element: {@code /a} begins {@code /a/b}, not /ab. */
  static boolean isPrefix(String prefix, String path) {
    List<String> elements = Splitter.on('/').omitEmptyStrings().splitToList(prefix);
    List<String> asked = Splitter.on('/').omitEmptyStrings().splitToList(path);
    return elements.size() <= asked.size() && elements.equals(asked.subList(0, elements.size()));
  }

  /** The service that answers for a host and a path; null where none does. */
  @Nullable ObjectKey service(String asked, String path) {
    String host = Ascii.toLowerCase(asked);
    int rank = 0;
    for (Rule rule : rules) {
      rank = Math.max(rank, rank(rule.host(), host));
    }
    Rule best = null;
    for (Rule rule : rules) {
      if (rank > 0
          && rank(rule.host(), host) == rank
          && rule.matches(path)
          && (best == null || isBefore(rule, best))) {
        best = rule;
      }
    }
    return best == null ? defaultService : best.service();
  }

  /** 0 where a rule is not for a host. */
  private static int rank(String pattern, String host) {
    if (pattern.isEmpty()) {
      return 1;
    }
    if (pattern.equals(host)) {
      return 3;
    }
    // A wildcard stands for one label, not for several.
    int dot = host.indexOf('.');
    return pattern.startsWith("*.") && dot > 0 && host.substring(dot).equals(pattern.substring(1))
        ? 2
        : 0;
  }

  private static boolean isBefore(Rule rule, Rule best) {
    return rule.exact() != best.exact()
        ? rule.exact()
        : rule.path().length() > best.path().length();
  }
}
