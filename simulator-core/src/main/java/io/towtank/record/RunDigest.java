package io.towtank.record;

import io.towtank.api.Hash64;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.store.CommitListener;
import io.towtank.time.SimClock;
import org.jspecify.annotations.Nullable;

/**
 * A hash over every committed write: its revision, what it did, to which object, when, and what it
 * left. Two runs with the same input have the same one, on every machine.
 */
public final class RunDigest implements CommitListener {
  private final SimClock clock;
  private final Fingerprints fingerprints = new Fingerprints();
  private long hash = Hash64.SEED;
  private long writes;

  /**
   * @param clock the simulation's
   */
  public RunDigest(SimClock clock) {
    this.clock = clock;
  }

  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    long change;
    long content;
    KubeObject object;
    if (current != null) {
      change = previous == null ? 1 : 2;
      content = fingerprints.of(current);
      object = current;
    } else if (previous != null) {
      change = 3;
      content = 0;
      object = previous;
    } else {
      throw new IllegalArgumentException("a commit without an object");
    }
    Kind<?> kind = object.kind();
    String namespace = object.metadata().namespace();
    long next = Hash64.add(hash, revision << 2 | change);
    next = Hash64.add(next, clock.nanos());
    next = Hash64.add(next, Hash64.pair(Hash64.of(kind.group()), Hash64.of(kind.name())));
    next = Hash64.add(next, namespace == null ? 0 : Hash64.of(namespace));
    next = Hash64.add(next, Hash64.of(object.name()));
    next = Hash64.add(next, object.resourceVersion());
    hash = Hash64.add(next, content);
    writes++;
  }

  /** How many writes went into it. */
  public long writes() {
    return writes;
  }

  /** The digest of the writes so far. */
  public long value() {
    return Hash64.mix(hash);
  }

  /** The digest in 16 hexadecimal digits. */
  @Override
  public String toString() {
    return String.format("%016x", value());
  }
}
