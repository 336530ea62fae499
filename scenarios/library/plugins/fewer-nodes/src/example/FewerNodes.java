package example;

import io.towtank.api.OwnerReference;
import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.PluginContext;
import io.towtank.scheduler.config.PluginFactory;
import io.towtank.scheduler.framework.NodeColumn;
import io.towtank.scheduler.framework.Plugin;
import io.towtank.scheduler.framework.ScorePlugin;
import io.towtank.scheduler.state.NodeInfo;
import io.towtank.scheduler.state.PodInfo;

/**
 * Prefers nodes that run pods already, so that the others can be switched off: a node with {@code
 * enough} pods or more gets 100, one without pods 0. Pods of DaemonSets do not count, as they run
 * everywhere.
 */
public final class FewerNodes implements ScorePlugin<FewerNodes> {
  private final NodeColumn working;
  private final long enough;

  private FewerNodes(PluginContext context, long enough) {
    this.working = new NodeColumn(context.state(), FewerNodes::workingPods);
    this.enough = enough;
  }

  @Override
  public String name() {
    return "FewerNodes";
  }

  /** Every pod gets the same answer: there is nothing to work out of it. */
  @Override
  public FewerNodes preScore(PodInfo pod) {
    return this;
  }

  @Override
  public long score(FewerNodes demand, NodeInfo node) {
    return MAX_NODE_SCORE * Math.min(enough, working.at(node)) / enough;
  }

  private static long workingPods(NodeInfo node) {
    long count = 0;
    for (int i = 0; i < node.podCount(); i++) {
      OwnerReference controller = node.pod(i).info().controller();
      if (controller == null || !controller.kind().equals("DaemonSet")) {
        count++;
      }
    }
    return count;
  }

  /** Makes the plugin of its arguments: {@code enough}, 1 where it is not given. */
  public static final class Factory implements PluginFactory {
    @Override
    public String name() {
      return "FewerNodes";
    }

    @Override
    public Plugin create(Arguments arguments, PluginContext context) {
      return new FewerNodes(
          context, arguments.allow("enough").number("enough", 1, 1, Integer.MAX_VALUE));
    }
  }
}
