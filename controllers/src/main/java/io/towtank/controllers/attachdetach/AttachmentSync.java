package io.towtank.controllers.attachdetach;

import com.google.common.base.Joiner;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Decides to which nodes a volume is attached and from which it is taken (pkg/controller/volume/
 * attachdetach/reconciler).
 */
final class AttachmentSync {
  /** What is done. */
  sealed interface Action {
    /** The volume is attached to a node. */
    record Attach(String node) implements Action {}

    /** The volume is taken from a node. */
    record Detach(String node) implements Action {}

    /** The volume may still be mounted on a node: it is looked at again when that changes. */
    record Wait(String node) implements Action {}

    /** A pod's user is told that the volume is elsewhere. */
    record Refuse(Pod pod, String message) implements Action {}
  }

  /**
   * A volume that is attached to a node, or about to be.
   *
   * @param leaving whether it is being detached
   * @param mayLeave whether the node has it not mounted, or counts no more
   */
  record Attached(String node, boolean leaving, boolean mayLeave) {}

  private AttachmentSync() {}

  /**
   * What is done about a volume.
   *
   * @param name the volume's name
   * @param shared whether several nodes may have it
   * @param pods those that need it, with their nodes
   */
  static ImmutableList<Action> decide(
      String name, boolean shared, List<Pod> pods, List<Attached> attached) {
    ImmutableList.Builder<Action> actions = ImmutableList.builder();
    for (Attached there : attached) {
      boolean needed = pods.stream().anyMatch(pod -> isOn(pod, there.node()));
      if (!needed && !there.leaving()) {
        actions.add(
            there.mayLeave() ? new Action.Detach(there.node()) : new Action.Wait(there.node()));
      }
    }
    List<String> asked = new ArrayList<>();
    for (Pod pod : pods) {
      String node = Objects.requireNonNull(pod.nodeName());
      boolean there = attached.stream().anyMatch(a -> a.node().equals(node));
      if (there || asked.contains(node)) {
        continue;
      }
      if (!shared && (!attached.isEmpty() || !asked.isEmpty())) {
        actions.add(new Action.Refuse(pod, elsewhere(name, pod, pods, attached)));
      } else {
        asked.add(node);
        actions.add(new Action.Attach(node));
      }
    }
    return actions.build();
  }

  private static boolean isOn(Pod pod, String node) {
    return node.equals(pod.nodeName());
  }

  /** reconciler.go: reportMultiAttachError. */
  private static String elsewhere(String name, Pod pod, List<Pod> pods, List<Attached> attached) {
    List<String> others = new ArrayList<>();
    int foreign = 0;
    for (Pod other : pods) {
      if (attached.stream().anyMatch(there -> isOn(other, there.node()))) {
        if (Objects.equals(other.metadata().namespace(), pod.metadata().namespace())) {
          others.add(other.name());
        } else {
          foreign++;
        }
      }
    }
    String why;
    if (others.isEmpty() && foreign == 0) {
      why = "Volume is already exclusively attached to one node and can't be attached to another";
    } else if (others.isEmpty()) {
      why = "Volume is already used by " + foreign + " pod(s) in different namespaces";
    } else {
      why = "Volume is already used by pod(s) " + Joiner.on(", ").join(others);
      if (foreign > 0) {
        why += " and " + foreign + " pod(s) in different namespaces";
      }
    }
    return "Multi-Attach error for volume \"" + name + "\" " + why;
  }
}
