package io.towtank.api;

/** Whether a condition holds. */
public enum ConditionStatus {
  TRUE("True"),
  FALSE("False"),
  UNKNOWN("Unknown");

  private final String text;

  ConditionStatus(String text) {
    this.text = text;
  }

  /** The word that documents have. */
  @Override
  public String toString() {
    return text;
  }
}
