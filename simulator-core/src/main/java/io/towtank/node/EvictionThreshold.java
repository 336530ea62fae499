package io.towtank.node;

import io.towtank.api.Quantity;

/**
 * A bound below which a kubelet evicts pods (kubelet: eviction/helpers.go, ParseThresholdConfig).
 *
 * @param value of what is available, at least
 * @param graceNanos for how long it is seen crossed before a pod is evicted: 0 for a hard threshold
 * @param minimumReclaim how much more is to be available before the kubelet leaves off
 */
public record EvictionThreshold(
    EvictionSignal signal, Amount value, long graceNanos, Amount minimumReclaim) {
  /** Whether pods go at once, and without the time to end in order. */
  boolean isHard() {
    return graceNanos == 0;
  }

  /**
   * An amount of what a node has.
   *
   * @param share of all that there is, from 0 to 1; counts where it is not 0
   */
  public record Amount(long bytes, float share) {
    /** Nothing. */
    public static final Amount NONE = new Amount(0, 0);

    /**
     * What {@code 100Mi} or {@code 10%} says.
     *
     * @throws IllegalArgumentException where the text is neither, negative, or more than all
     */
    public static Amount parse(String text) {
      try {
        if (text.endsWith("%")) {
          // As the kubelet has it, in single precision.
          float share = Float.parseFloat(text.substring(0, text.length() - 1)) / 100;
          if (share >= 0 && share <= 1) {
            return new Amount(0, share);
          }
        } else {
          long bytes = Quantity.parse(text).value();
          if (bytes >= 0) {
            return new Amount(bytes, 0);
          }
        }
      } catch (IllegalArgumentException e) {
        // Told below, together with what is out of bounds.
      }
      throw new IllegalArgumentException(
          "\"" + text + "\" is neither a quantity as in 100Mi nor a percentage as in 10%");
    }

    /** Whether it says nothing: 0 %, or 100 %, which the kubelet takes as off. */
    public boolean isOff() {
      return bytes == 0 && (share == 0 || share == 1);
    }

    long of(long capacityBytes) {
      return share == 0 ? bytes : (long) (capacityBytes * (double) share);
    }
  }
}
