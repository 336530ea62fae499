package io.towtank.api;

/** Where a pod is in its life. */
public enum PodPhase {
  PENDING("Pending"),
  RUNNING("Running"),
  SUCCEEDED("Succeeded"),
  FAILED("Failed"),
  UNKNOWN("Unknown");

  private final String text;

  PodPhase(String text) {
    this.text = text;
  }

  /** Whether the pod has ended for good. */
  public boolean isTerminal() {
    return this == SUCCEEDED || this == FAILED;
  }

  /** The word that documents have. */
  @Override
  public String toString() {
    return text;
  }
}
