package io.towtank.store.admission;

import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMeta;
import org.jspecify.annotations.Nullable;

/** Which class of several is the default one (pkg/volume/util: GetDefaultClass). */
final class DefaultMark {
  private DefaultMark() {}

  static boolean isDefaultIngressClass(ObjectMeta meta) {
    return "true".equals(meta.annotations().get("ingressclass.kubernetes.io/is-default-class"));
  }

  /** Whether one goes before another: the newer one, or else the one that is first by its name. */
  static boolean isBetter(KubeObject candidate, @Nullable KubeObject known) {
    if (known == null) {
      return true;
    }
    long age = candidate.metadata().creationTimestamp() - known.metadata().creationTimestamp();
    return age > 0 || (age == 0 && candidate.name().compareTo(known.name()) < 0);
  }
}
