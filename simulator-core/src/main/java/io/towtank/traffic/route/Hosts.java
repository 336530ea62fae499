package io.towtank.traffic.route;

import com.google.common.base.Splitter;
import io.towtank.api.ObjectKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Names of hosts, as Ingress and Istio's objects have them. */
final class Hosts {
  private Hosts() {}

  /**
   * The service that a host's name stands for: {@code reviews}, {@code reviews.shop} or {@code
   * reviews.shop.svc.cluster.local}.
   *
   * @param namespace of the object that has the name, in which short names are
   */
  static ObjectKey service(String host, @Nullable String namespace) {
    List<String> parts = Splitter.on('.').splitToList(host);
    return parts.size() == 1
        ? new ObjectKey(namespace, host)
        : new ObjectKey(parts.get(1), parts.get(0));
  }

  /** Whether a pattern, which may begin with {@code *.} or be {@code *}, stands for a host. */
  static boolean matches(String pattern, String host) {
    return pattern.equals("*")
        || pattern.equals(host)
        || (pattern.startsWith("*.")
            && host.endsWith(pattern.substring(1))
            && host.length() > pattern.length() - 1);
  }
}
