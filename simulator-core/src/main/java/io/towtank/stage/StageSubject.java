package io.towtank.stage;

import org.jspecify.annotations.Nullable;

/**
 * What templates of stages may ask about the object at hand and its surroundings (KWOK: the
 * functions that its controllers add to templates).
 */
public interface StageSubject {
  /** Now, in nanoseconds since 1970. */
  long nowEpochNanos();

  /** When the simulation began, in nanoseconds since 1970. */
  long startEpochNanos();

  /** The name of the node at hand: the object, or the one that the pod is on. */
  String nodeName();

  /** A node's own address; empty where it has none. */
  String nodeIp(String nodeName);

  /** The address of the pod at hand, which it gets now if it has none; null where none is left. */
  @Nullable String podIp();
}
