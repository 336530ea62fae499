package io.towtank.node;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import io.towtank.stage.Stage;

/**
 * How all hollow kubelets of a cluster work.
 *
 * @param behaviour what the processes in containers do
 * @param images how large images are
 * @param network where nodes without a pod CIDR get theirs
 * @param serializeImagePulls whether a node pulls one image after another
 * @param staticPods what nodes run by themselves
 * @param stages by which users have pods and nodes change by themselves
 */
@RecordBuilder
public record KubeletOptions(
    PodBehaviour behaviour,
    ImageSizes images,
    NodeNetwork network,
    boolean serializeImagePulls,
    StaticPods staticPods,
    ImmutableList<Stage> stages) {
  /** What annotations say, images of 100 MB pulled one by one. */
  public static KubeletOptions of(NodeNetwork network) {
    return new KubeletOptions(
        new AnnotatedBehaviour(),
        ImageSizes.DEFAULT,
        network,
        true,
        StaticPods.NONE,
        ImmutableList.of());
  }
}
