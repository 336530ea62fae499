package io.towtank.controllers.deployment;

import io.towtank.api.PodTemplateSpec;
import io.towtank.codec.ObjectCodec;
import io.towtank.controllers.workload.NameHash;
import org.jspecify.annotations.Nullable;

/**
 * The {@code pod-template-hash} by which the ReplicaSets of a Deployment, and their pods, differ.
 */
final class TemplateHash {
  /** The label that bears the hash. */
  static final String LABEL = "pod-template-hash";

  private TemplateHash() {}

  /** The hash of a template, and of how often it has met another with the same hash. */
  static String of(PodTemplateSpec template, @Nullable Integer collisionCount) {
    return NameHash.of(ObjectCodec.writePart(template), collisionCount);
  }
}
