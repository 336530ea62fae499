package io.towtank.schema;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order of API versions (apimachinery: version.CompareKubeAwareVersionStrings). */
final class ApiVersions {
  private static final Pattern VERSION = Pattern.compile("v(\\d+)(?:(alpha|beta)(\\d+))?");

  private ApiVersions() {}

  /** Positive where {@code a} is more stable than {@code b}, or as stable and newer. */
  static int compare(String a, String b) {
    Matcher left = VERSION.matcher(a);
    Matcher right = VERSION.matcher(b);
    boolean leftKnown = left.matches();
    boolean rightKnown = right.matches();
    if (!leftKnown || !rightKnown) {
      return leftKnown == rightKnown ? b.compareTo(a) : Boolean.compare(leftKnown, rightKnown);
    }
    int byStability = Integer.compare(stability(left), stability(right));
    if (byStability != 0) {
      return byStability;
    }
    int byMajor =
        Integer.compare(Integer.parseInt(left.group(1)), Integer.parseInt(right.group(1)));
    return byMajor != 0 || left.group(3) == null
        ? byMajor
        : Integer.compare(Integer.parseInt(left.group(3)), Integer.parseInt(right.group(3)));
  }

  private static int stability(Matcher version) {
    return version.group(2) == null ? 2 : version.group(2).equals("beta") ? 1 : 0;
  }
}
