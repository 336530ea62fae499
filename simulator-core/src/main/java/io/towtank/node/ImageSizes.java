package io.towtank.node;

import com.google.common.collect.ImmutableMap;

/**
 * How large images are.
 *
 * @param bytesByName by the name that containers use, as in {@code nginx:1.27}; {@link #MISSING}
 *     for what no registry has
 * @param defaultBytes of all others
 */
public record ImageSizes(ImmutableMap<String, Long> bytesByName, long defaultBytes) {
  /** The size of an image that cannot be pulled. */
  public static final long MISSING = -1;

  /** All images have 100 MB. */
  public static final ImageSizes DEFAULT = new ImageSizes(ImmutableMap.of(), 100_000_000);

  /** The size of an image, in bytes. */
  public long bytes(String name) {
    Long bytes = bytesByName.get(name);
    return bytes != null ? bytes : defaultBytes;
  }
}
