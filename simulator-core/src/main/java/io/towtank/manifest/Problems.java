package io.towtank.manifest;

import com.google.common.collect.ImmutableList;
import io.towtank.validation.FieldPath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is found wrong while files are read, so that all of it can be told at once. */
public final class Problems {
  // What is looked at twice is told once.
  private final Set<Problem> found = new LinkedHashSet<>();

  /** Notes a problem. */
  public void add(Problem problem) {
    found.add(problem);
  }

  /** Notes a problem at the field that a path leads to, or the nearest that is there. */
  public void add(
      YamlDocument document, FieldPath path, String message, @Nullable String suggestion) {
    Position position = document.position(path);
    found.add(
        new Problem(
            document.source(),
            position.line(),
            position.column(),
            path.toString(),
            message,
            suggestion));
  }

  /** Whether nothing is wrong so far. */
  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** All that was found, file by file in the order in which they were read, from top to bottom. */
  public ImmutableList<Problem> list() {
    List<String> sources = new ArrayList<>();
    for (Problem problem : found) {
      if (!sources.contains(problem.source())) {
        sources.add(problem.source());
      }
    }
    return ImmutableList.sortedCopyOf(
        Comparator.<Problem>comparingInt(problem -> sources.indexOf(problem.source()))
            .thenComparingInt(Problem::line)
            .thenComparingInt(Problem::column),
        found);
  }

  /**
   * Goes on only if nothing is wrong.
   *
   * @throws ManifestException with all that was found
   */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new ManifestException(list());
    }
  }
}
