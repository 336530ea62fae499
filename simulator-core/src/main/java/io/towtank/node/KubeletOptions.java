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
 * @param eviction when pods have to go because their node runs short
 * @param staticPods what nodes run by themselves
 * @param stages by which users have pods and nodes change by themselves
 */
@RecordBuilder
public record KubeletOptions(
    PodBehaviour behaviour,
    ImageSizes images,
    NodeNetwork network,
    boolean serializeImagePulls,
    EvictionOptions eviction,
    StaticPods staticPods,
    ImmutableList<Stage> stages) {
  /** What annotations say, images of 100 MB pulled one by one. */
  public static KubeletOptions of(NodeNetwork network) {
    return new KubeletOptions(
        new AnnotatedBehaviour(),
        ImageSizes.DEFAULT,
        network,
        true,
        EvictionOptions.DEFAULT,
        StaticPods.NONE,
        ImmutableList.of());
  }
}
