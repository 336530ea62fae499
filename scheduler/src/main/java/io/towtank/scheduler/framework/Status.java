package io.towtank.scheduler.framework;

import com.google.common.collect.ImmutableList;

/**
 * A plugin's answer (kube-scheduler: framework.Status). Plugins keep the statuses that they return
 * as constants or share them: a status is compared with others when reasons are counted.
 *
 * @param plugin who answered; filled in by the framework, empty before
 * @param reasons why, in the words that users know from kube-scheduler
 */
public record Status(Code code, String plugin, ImmutableList<String> reasons) {
  /** All is well. */
  public static final Status SUCCESS = new Status(Code.SUCCESS, "", ImmutableList.of());

  /** The pod has to wait for a Permit plugin's word. */
  public static final Status WAIT = new Status(Code.WAIT, "", ImmutableList.of());

  /** Does not fit, but might if pods were taken away. */
  public static Status unschedulable(String... reasons) {
    return new Status(Code.UNSCHEDULABLE, "", ImmutableList.copyOf(reasons));
  }

  /** Does not fit whatever pods are taken away. */
  public static Status unresolvable(String... reasons) {
    return new Status(Code.UNSCHEDULABLE_AND_UNRESOLVABLE, "", ImmutableList.copyOf(reasons));
  }

  /** The plugin failed. */
  public static Status error(String reason) {
    return new Status(Code.ERROR, "", ImmutableList.of(reason));
  }

  /** Whether all is well. */
  public boolean isSuccess() {
    return code == Code.SUCCESS;
  }

  /** Whether the pod or node was turned down, which is no failure. */
  public boolean isRejected() {
    return code == Code.UNSCHEDULABLE
        || code == Code.UNSCHEDULABLE_AND_UNRESOLVABLE
        || code == Code.PENDING;
  }

  /** This answer, given by a plugin. */
  public Status by(String plugin) {
    return isSuccess() || this.plugin.equals(plugin) ? this : new Status(code, plugin, reasons);
  }

  /** The reasons, joined as conditions show them. */
  public String message() {
    return String.join(", ", reasons);
  }
}
