package io.towtank.node;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * How all hollow kubelets of a cluster work.
 *
 * @param behaviour what the processes in containers do
 * @param images how large images are
 * @param network where nodes without a pod CIDR get theirs
 * @param serializeImagePulls whether a node pulls one image after another
 */
@RecordBuilder
public record KubeletOptions(
    PodBehaviour behaviour, ImageSizes images, NodeNetwork network, boolean serializeImagePulls) {
  /** What annotations say, images of 100 MB pulled one by one. */
  public static KubeletOptions of(NodeNetwork network) {
    return new KubeletOptions(new AnnotatedBehaviour(), ImageSizes.DEFAULT, network, true);
  }
}
