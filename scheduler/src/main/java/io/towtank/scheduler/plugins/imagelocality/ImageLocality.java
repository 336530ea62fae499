package io.towtank.scheduler.plugins.imagelocality;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.Ints;
import io.towtank.api.Container;
import io.towtank.api.PodSpec;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.SharedRules;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.framework.TopologyScorePlugin;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;
import java.util.List;

/**
 * A node is the better the more of the pod's images it has, by size; an image that few nodes have
 * counts less, lest one node attract all (kube-scheduler: ImageLocality).
 */
public final class ImageLocality implements TopologyScorePlugin {
  private final ClusterState state;
  private final SharedRules<List<Integer>, TopologyScore> rules = new SharedRules<>();

  /** The plugin. */
  public ImageLocality(ClusterState state) {
    this.state = state;
  }

  @Override
  public String name() {
    return Names.IMAGE_LOCALITY;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return ImmutableList.of();
  }

  @Override
  public TopologyScore preScore(PodInfo pod) {
    PodSpec spec = pod.spec();
    int[] images = new int[spec.initContainers().size() + spec.containers().size()];
    int i = 0;
    for (Container container : spec.initContainers()) {
      images[i++] = image(container);
    }
    for (Container container : spec.containers()) {
      images[i++] = image(container);
    }
    return rules.of(Ints.asList(images), wanted -> new PresentImages(state, images));
  }

  private int image(Container container) {
    return state.images().id(normalized(container.image() == null ? "" : container.image()));
  }

  /** kube-scheduler: normalizedImageName. */
  private static String normalized(String image) {
    return image.lastIndexOf(':') <= image.lastIndexOf('/') ? image + ":latest" : image;
  }
}
