package io.towtank.manifest;

import com.google.common.collect.ImmutableList;
import java.util.stream.Collectors;

/** Files that cannot be used as they are. The message has a line for each of the first problems. */
public final class ManifestException extends RuntimeException {
  /** How many problems the message tells. */
  private static final int SHOWN = 10;

  private final ImmutableList<Problem> problems;

  /** Of at least one problem. */
  public ManifestException(ImmutableList<Problem> problems) {
    super(message(problems));
    this.problems = problems;
  }

  /** All problems, file by file, from top to bottom. */
  public ImmutableList<Problem> problems() {
    return problems;
  }

  private static String message(ImmutableList<Problem> problems) {
    String shown =
        problems.stream().limit(SHOWN).map(Problem::toString).collect(Collectors.joining("\n"));
    int more = problems.size() - SHOWN;
    return more > 0 ? shown + "\nand " + more + " more" : shown;
  }
}
