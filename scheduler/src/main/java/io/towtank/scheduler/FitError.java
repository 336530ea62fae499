package io.towtank.scheduler;

import io.towtank.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How kube-scheduler words that a pod fits no node (framework.FitError). */
public final class FitError {
  private FitError() {}

  /** Of {@code nodes} nodes, so many were turned down with each status. */
  public static String message(int nodes, Map<Status, Integer> rejections) {
    Map<String, Integer> reasons = new TreeMap<>();
    rejections.forEach((status, count) -> {
      for (String reason : status.reasons()) {
        reasons.merge(reason, count, Integer::sum);
      }
    });
    List<String> lines = new ArrayList<>();
    reasons.forEach((reason, count) -> lines.add(count + " " + reason));
    lines.sort(null);
    return "0/"
        + nodes
        + " nodes are available:"
        + (lines.isEmpty() ? "" : " " + String.join(", ", lines) + ".");
  }

  /** The pod was turned down before any node was looked at. */
  public static String message(int nodes, Status rejection) {
    return "0/" + nodes + " nodes are available: " + rejection.message() + ".";
  }
}
