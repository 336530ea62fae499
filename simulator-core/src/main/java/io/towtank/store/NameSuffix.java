package io.towtank.store;

/** The random end of a generated name (apiserver: storage/names/generate.go). */
public final class NameSuffix {
  /** How long it is. */
  public static final int LENGTH = 5;

  // apimachinery: util/rand, which leaves out vowels and what looks like them
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";

  private NameSuffix() {}

  /**
   * The end that some random bits make.
   *
   * @param bits not negative
   */
  public static String of(long bits) {
    StringBuilder suffix = new StringBuilder(LENGTH);
    appendTo(suffix, bits);
    return suffix.toString();
  }

  static void appendTo(StringBuilder name, long bits) {
    long rest = bits;
    for (int i = 0; i < LENGTH; i++) {
      name.append(ALPHABET.charAt((int) (rest % ALPHABET.length())));
      rest /= ALPHABET.length();
    }
  }
}
