package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import io.towtank.manifest.ManifestDocument;
import io.towtank.node.NodeDrain;
import io.towtank.store.DeleteOptions;

/** What a timeline can do to a cluster. */
public sealed interface Action
    permits Action.OfNodes, Action.OfObjects, Action.Apply, Action.AddNodes, Fault {
  /** Something that is done to nodes. */
  sealed interface OfNodes extends Action {
    /** Which nodes. */
    NodeChoice nodes();
  }

  /** Something that is done to objects that there are. */
  sealed interface OfObjects extends Action {
    /** Which objects. */
    ObjectChoice target();
  }

  /** Creates objects, or changes those that there are to what is given (kubectl apply). */
  record Apply(ImmutableList<ManifestDocument> objects) implements Action {}

  /** Sets the number of replicas (kubectl scale). */
  record Scale(ObjectChoice target, int replicas) implements OfObjects {}

  /**
   * Sets the image of containers (kubectl set image).
   *
   * @param container the container's name, {@code *} for all
   */
  record SetImage(ObjectChoice target, String container, String image) implements OfObjects {}

  /**
   * Goes back to an earlier revision of a Deployment (kubectl rollout undo).
   *
   * @param toRevision 0 for the one before the present one
   */
  record RolloutUndo(ObjectChoice target, long toRevision) implements OfObjects {}

  /** Pauses or resumes the roll-outs of Deployments (kubectl rollout pause, resume). */
  record RolloutPause(ObjectChoice target, boolean paused) implements OfObjects {}

  /** Replaces all pods by new ones of the same template (kubectl rollout restart). */
  record RolloutRestart(ObjectChoice target) implements OfObjects {}

  /** Deletes objects (kubectl delete). */
  record Delete(ObjectChoice target, DeleteOptions options) implements OfObjects {}

  /** Keeps new pods off nodes, or lets them in again (kubectl cordon, uncordon). */
  record CordonNodes(NodeChoice nodes, boolean unschedulable) implements OfNodes {}

  /** Cordons nodes and has their pods evicted (kubectl drain). */
  record DrainNodes(NodeChoice nodes, NodeDrain.Options options) implements OfNodes {}

  /** Nodes that died come back. */
  record RestoreNodes(NodeChoice nodes) implements OfNodes {}

  /** Nodes are taken away for good. */
  record DeleteNodes(NodeChoice nodes) implements OfNodes {}

  /** A pool gets more nodes. */
  record AddNodes(String pool, int count) implements Action {}
}
