package io.towtank.node;

import io.towtank.api.Container;
import io.towtank.api.Pod;
import java.util.random.RandomGenerator;

/** Knows what the processes in a pod's containers do, which no manifest says. */
@FunctionalInterface
public interface PodBehaviour {
  /**
   * What the next run of a container is like. It is asked once for each run, when the kubelet is
   * about to start it.
   *
   * @param init whether it is an init container that the others wait for
   * @param attempt how often this container ran before
   * @param random the node's stream, for what is drawn from a distribution
   */
  ContainerRun run(Pod pod, Container container, boolean init, int attempt, RandomGenerator random);

  /**
   * What comes of a container's preStop hook, where it runs or asks something.
   *
   * @param attempt how often this container ran before
   */
  default HookRun preStop(Pod pod, Container container, int attempt, RandomGenerator random) {
    return HookRun.DONE_AT_ONCE;
  }

  /** The same for its postStart hook. */
  default HookRun postStart(Pod pod, Container container, int attempt, RandomGenerator random) {
    return HookRun.DONE_AT_ONCE;
  }
}
