package io.towtank.node;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How images may be called (distribution: reference, ParseNormalizedNamed). */
final class ImageName {
  private static final Pattern REFERENCE =
      Pattern.compile(
          "(?<host>[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]+)?/)?"
              + "(?<path>[a-zA-Z0-9]+(?:(?:[._/]|__|-+)[a-zA-Z0-9]+)*)"
              + "(?::\\w[\\w.-]{0,127})?"
              + "(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?");

  private ImageName() {}

  /** What is wrong with a name; null where nothing is, or there is none. */
  static @Nullable String mistake(@Nullable String image) {
    if (image == null || image.isEmpty()) {
      return null;
    }
    String full = NodeImages.fullName(image);
    var reference = REFERENCE.matcher(full);
    String problem = null;
    if (!reference.matches()) {
      problem = "invalid reference format";
    } else {
      String path = reference.group("path");
      if (!path.equals(path.toLowerCase(Locale.ROOT))) {
        problem = "invalid reference format: repository name (" + path + ") must be lowercase";
      }
    }
    return problem == null ? null : "couldn't parse image name \"" + image + "\": " + problem;
  }
}
