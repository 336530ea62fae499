package io.towtank.controllers.replicaset;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;

/** What the controller wants done to the pods of a ReplicaSet. */
public sealed interface ReplicaSetAction {
  /** Makes an orphan the set's own. */
  record Adopt(Pod pod) implements ReplicaSetAction {}

  /** Gives up a pod that the selector matches no more. */
  record Release(Pod pod) implements ReplicaSetAction {}

  /** Creates pods from the template. */
  record Create(int count) implements ReplicaSetAction {}

  /** Deletes pods. */
  record Delete(ImmutableList<Pod> pods) implements ReplicaSetAction {}
}
