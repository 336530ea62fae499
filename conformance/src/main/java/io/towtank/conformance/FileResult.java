package io.towtank.conformance;

import com.google.common.collect.ImmutableList;
import java.util.Locale;

/**
 * How one golden file came out.
 *
 * @param file its name without ending, as in {@code api/quantities}
 * @param agree how many of its cases agree
 * @param total how many cases it has, 0 where it is not covered
 * @param note why it is not covered, empty otherwise
 * @param disagreements the first cases that disagree, at most {@link #KEPT_DISAGREEMENTS}
 */
public record FileResult(
    String file,
    Status status,
    int agree,
    int total,
    String note,
    ImmutableList<Disagreement> disagreements) {
  /** So many of a file's disagreements are kept to be shown; all are counted. */
  public static final int KEPT_DISAGREEMENTS = 100;

  /** What became of a file. */
  public enum Status {
    /** Every case agrees. */
    AGREES,
    /** Some case disagrees. */
    DISAGREES,
    /** Nothing here checks such files yet; no failure. */
    NOT_COVERED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /** One line for people, as in {@code 1500 of 1500 agree}. */
  public String summary() {
    return status == Status.NOT_COVERED
        ? "not covered: " + note
        : agree + " of " + total + " agree";
  }
}
