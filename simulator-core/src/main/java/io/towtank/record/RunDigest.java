package io.towtank.record;

import io.towtank.api.KubeObject;
import io.towtank.store.CommitListener;
import io.towtank.time.SimClock;
import org.jspecify.annotations.Nullable;

/**
 * A hash over every committed write: revision, virtual time, kind of change, and the object as it
 * is then. Two runs with the same input have the same one, on every machine; a single different
 * write changes it.
 */
public final class RunDigest implements CommitListener {
  private final SimClock clock;
  private final Fingerprints fingerprints = new Fingerprints();
  private long hash;

  /** The digest of no writes. */
  public RunDigest(SimClock clock) {
    this.clock = clock;
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    KubeObject object = current != null ? current : previous;
    if (object == null) {
      throw new IllegalArgumentException("a write of nothing");
    }
    int change = previous == null ? 1 : current == null ? 3 : 2;
    hash = Fingerprints.combine(hash, revision);
    hash = Fingerprints.combine(hash, clock.nanos());
    hash = Fingerprints.combine(hash, change);
    hash = Fingerprints.combine(hash, fingerprints.of(object.kind()));
    hash = Fingerprints.combine(hash, fingerprints.of(object));
  }

  /** The digest so far, in 16 hexadecimal digits. */
  @Override
  public String toString() {
    return String.format("%016x", hash);
  }
}
