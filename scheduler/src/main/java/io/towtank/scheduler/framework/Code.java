package io.towtank.scheduler.framework;

/** What became of a question to a plugin (kube-scheduler: framework.Code). */
public enum Code {
  SUCCESS("Success"),
  /** The plugin failed; the pod is tried again. */
  ERROR("Error"),
  /** The node does not fit; taking pods away might change that. */
  UNSCHEDULABLE("Unschedulable"),
  /** The node does not fit, and no preemption would change that. */
  UNSCHEDULABLE_AND_UNRESOLVABLE("UnschedulableAndUnresolvable"),
  WAIT("Wait"),
  SKIP("Skip"),
  /** Something outside the scheduler has to happen first. */
  PENDING("Pending");

  private final String text;

  Code(String text) {
    this.text = text;
  }

  @Override
  public String toString() {
    return text;
  }
}
