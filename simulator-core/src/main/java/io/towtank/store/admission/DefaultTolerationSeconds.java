package io.towtank.store.admission;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Toleration;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.IdentityMemo;
import org.jspecify.annotations.Nullable;

/**
 * Lets pods stay for five minutes on a node that is not ready or not reachable, where they do not
 * say otherwise (plugin/pkg/admission/defaulttolerationseconds).
 */
public final class DefaultTolerationSeconds implements Admission {
  private static final Toleration NOT_READY = toleration("node.kubernetes.io/not-ready");
  private static final Toleration UNREACHABLE = toleration("node.kubernetes.io/unreachable");

  /** All pods of a template share one spec, before and after. */
  private final IdentityMemo<PodSpec, PodSpec> admitted =
      new IdentityMemo<>(1 << 16, DefaultTolerationSeconds::withDefaults);

  @Override
  @SuppressWarnings("ReferenceEquality") // Only a shortcut: the spec stands for itself.
  public KubeObject admit(AdmissionRequest request) {
    if (!(request.object() instanceof Pod pod)) {
      return request.object();
    }
    PodSpec spec = admitted.get(pod.spec());
    return spec == pod.spec() ? pod : pod.withSpec(spec);
  }

  private static PodSpec withDefaults(PodSpec spec) {
    boolean notReady = false;
    boolean unreachable = false;
    for (Toleration toleration : spec.tolerations()) {
      String effect = toleration.effect();
      if (effect == null || effect.isEmpty() || effect.equals("NoExecute")) {
        notReady |= isFor(toleration, NOT_READY.key());
        unreachable |= isFor(toleration, UNREACHABLE.key());
      }
    }
    if (notReady && unreachable) {
      return spec;
    }
    ImmutableList.Builder<Toleration> tolerations =
        ImmutableList.<Toleration>builder().addAll(spec.tolerations());
    if (!notReady) {
      tolerations.add(NOT_READY);
    }
    if (!unreachable) {
      tolerations.add(UNREACHABLE);
    }
    return PodSpecBuilder.builder(spec).tolerations(tolerations.build()).build();
  }

  private static boolean isFor(Toleration toleration, @Nullable String key) {
    return toleration.key() == null || toleration.key().isEmpty() || toleration.key().equals(key);
  }

  private static Toleration toleration(String key) {
    return new Toleration(key, "Exists", null, "NoExecute", 300L, Fields.NONE);
  }
}
