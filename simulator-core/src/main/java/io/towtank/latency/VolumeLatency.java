package io.towtank.latency;

/**
 * What storage takes. A pod without claims waits for none of it.
 *
 * @param provision from a provisioner's call to its driver to the new volume
 * @param delete from a provisioner's call to its driver to the end of the volume
 * @param attach from the wish for a volume on a node to its being attached
 * @param detach from the wish to have a volume off a node to its being free
 * @param mount from a volume that is attached, or needs not be, to its being mounted for a pod
 * @param expand from a resizer's call to its driver to the grown volume
 */
public record VolumeLatency(
    Distribution provision,
    Distribution delete,
    Distribution attach,
    Distribution detach,
    Distribution mount,
    Distribution expand) {
  private static final long MILLISECOND = 1_000_000L;

  /** Storage takes no time. */
  public static final VolumeLatency INSTANT =
      new VolumeLatency(
          Distribution.ZERO,
          Distribution.ZERO,
          Distribution.ZERO,
          Distribution.ZERO,
          Distribution.ZERO,
          Distribution.ZERO);

  /** Network block storage of a cloud, as its users see it. */
  public static final VolumeLatency TYPICAL =
      new VolumeLatency(
          new Distribution.LogNormal(4000 * MILLISECOND, 0.4),
          new Distribution.LogNormal(2000 * MILLISECOND, 0.4),
          new Distribution.LogNormal(3000 * MILLISECOND, 0.4),
          new Distribution.LogNormal(5000 * MILLISECOND, 0.4),
          new Distribution.LogNormal(500 * MILLISECOND, 0.4),
          new Distribution.LogNormal(5000 * MILLISECOND, 0.4));
}
