package io.towtank.traffic.route;

import com.google.common.base.Splitter;
import io.towtank.api.ObjectKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names of hosts, as Istio's objects have them. */
final class Hosts {
  /** How well a name with a wildcard stands for something; the longer it is, the better. */
  static final int NOT_AT_ALL = -1;

  /** How well a name without one does. */
  static final int EXACTLY = Integer.MAX_VALUE;

  private Hosts() {}

  /**
   * The service that a host's name stands for: {@code reviews}, {@code reviews.shop} or {@code
   * reviews.shop.svc.cluster.local}. Other names stand for no service of the cluster.
   *
   * @param namespace of the object that has the name, in which short names are
   */
  static ObjectKey service(String host, @Nullable String namespace) {
    List<String> parts = Splitter.on('.').splitToList(host);
    return switch (parts.size()) {
      case 1 -> new ObjectKey(namespace, host);
      case 2 -> new ObjectKey(parts.get(1), parts.get(0));
      default ->
          parts.get(2).equals("svc")
              ? new ObjectKey(parts.get(1), parts.get(0))
              : new ObjectKey("", host);
    };
  }

  /** How well a name, which may begin with {@code *.} or be {@code *}, stands for a service. */
  static int rank(String host, @Nullable String namespace, ObjectKey service) {
    if (!host.startsWith("*")) {
      return service(host, namespace).equals(service) ? EXACTLY : NOT_AT_ALL;
    }
    return rank(host, service.name() + "." + service.namespace() + ".svc.cluster.local");
  }

  /** How well a pattern, which may begin with {@code *.} or be {@code *}, stands for a host. */
  static int rank(String pattern, String host) {
    if (pattern.equals(host)) {
      return EXACTLY;
    }
    boolean stands =
        pattern.equals("*")
            || (pattern.startsWith("*.")
                && host.endsWith(pattern.substring(1))
                && host.length() > pattern.length() - 1);
    return stands ? pattern.length() : NOT_AT_ALL;
  }
}
