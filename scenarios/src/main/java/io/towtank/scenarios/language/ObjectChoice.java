package io.towtank.scenarios.language;

import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.Selector;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which objects an action is about.
 *
 * @param text as it was written: {@code deployment/web-*}
 * @param namespace null for what belongs to the cluster
 * @param name a name in which {@code *} stands for anything
 * @param selector what their labels match, null for any
 */
public record ObjectChoice(
    String text,
    Kind<?> kind,
    @Nullable String namespace,
    String name,
    @Nullable Selector selector) {
  /** Whether the choice is of one object, by its name. */
  public boolean single() {
    return name.indexOf('*') < 0 && selector == null;
  }

  /** Whether an object is meant. */
  public boolean matches(KubeObject object) {
    if (!object.kind().equals(kind)
        || (namespace != null && !namespace.equals(namespace(object)))) {
      return false;
    }
    boolean named =
        name.indexOf('*') < 0
            ? name.equals(object.name())
            : pattern(name).matcher(object.name()).matches();
    return named && (selector == null || selector.matches(object.metadata().labels()));
  }

  /** The namespace of an object, also before the API has given it one. */
  private static String namespace(KubeObject object) {
    String namespace = object.metadata().namespace();
    return namespace == null ? "default" : namespace;
  }

  /** What matches a name in which {@code *} stands for anything. */
  public static Pattern pattern(String name) {
    StringBuilder regex = new StringBuilder();
    for (String part : name.split("\\*", -1)) {
      regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(regex.toString());
  }
}
