package io.towtank.environment;

import org.jspecify.annotations.Nullable;

/**
 * A ConfigMap or Secret, or one key of it, that is named in a pod's spec.
 *
 * @param what which of the two it is
 * @param key null for the object as a whole
 * @param optional whether it may be missing
 */
public record Reference(Source what, String name, @Nullable String key, boolean optional) {
  /** What is referred to. */
  public enum Source {
    /** A ConfigMap. */
    CONFIG_MAP("ConfigMap", "configmap", "config"),
    /** A Secret. */
    SECRET("Secret", "secret", "secret");

    /** Its kind. */
    final String kind;

    /** As errors of the API name it. */
    final String resource;

    /** As errors of volumes name its keys. */
    final String keys;

    Source(String kind, String resource, String keys) {
      this.kind = kind;
      this.resource = resource;
      this.keys = keys;
    }
  }
}
