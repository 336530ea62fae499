package io.towtank.validation;

import com.google.common.base.Ascii;
import java.util.Collection;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds what somebody may have meant by a word that is not known. */
public final class DidYouMean {
  /** More candidates than these nobody reads. */
  private static final int LISTED = 20;

  /** Shorter words are no beginnings. */
  private static final int SHORTEST_PREFIX = 3;

  private DidYouMean() {}

  /**
   * The candidate that a word is most likely a slip for, null where none is close: one that differs
   * in case alone, or else the one with the fewest edits, at most a third of its length, or else
   * the shortest that begins with the word.
   */
  public static @Nullable String closest(String word, Collection<String> candidates) {
    String best = null;
    int fewest = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      if (Ascii.equalsIgnoreCase(word, candidate)) {
        return candidate;
      }
      int edits = edits(Ascii.toLowerCase(word), Ascii.toLowerCase(candidate));
      if (edits < fewest && edits <= Math.max(1, Math.max(candidate.length(), word.length()) / 3)) {
        best = candidate;
        fewest = edits;
      }
    }
    if (best != null || word.length() < SHORTEST_PREFIX) {
      return best;
    }
    return candidates.stream()
        .filter(candidate -> Ascii.toLowerCase(candidate).startsWith(Ascii.toLowerCase(word)))
        .min(Comparator.comparingInt(String::length))
        .orElse(null);
  }

  /** Advice for an unknown word: the closest candidate, or all of them where they are few. */
  public static @Nullable String advice(String word, Collection<String> candidates) {
    String closest = closest(word, candidates);
    if (closest != null) {
      return "did you mean \"" + closest + "\"?";
    }
    if (candidates.isEmpty()) {
      return null;
    }
    String listed = candidates.stream().limit(LISTED).collect(Collectors.joining(", "));
    int more = candidates.size() - LISTED;
    return "known: " + listed + (more > 0 ? " and " + more + " more" : "");
  }

  /** Insertions, deletions, replacements and swaps of neighbours that make a word another. */
  static int edits(String from, String to) {
    int[][] edits = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int replace = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        int fewest =
            Math.min(edits[i - 1][j - 1] + replace, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          fewest = Math.min(fewest, edits[i - 2][j - 2] + 1);
        }
        edits[i][j] = fewest;
      }
    }
    return edits[from.length()][to.length()];
  }
}
