package io.towtank.controllers.workload;

import io.towtank.time.SimClock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a controller has asked for and not seen in its informer yet. While anything is missing it
 * does not count its pods anew, since what it sees is stale (pkg/controller:
 * UIDTrackingControllerExpectations).
 *
 * @param <K> whose expectations they are; hash codes must not depend on identity
 */
public final class Expectations<K> {
  // pkg/controller: ExpectationsTimeout
  private static final long TIMEOUT_NANOS = 5 * 60 * 1_000_000_000L;

  private final SimClock clock;
  private final Map<K, Expected> byKey = new HashMap<>();

  private static final class Expected {
    private int creations;
    private Set<String> deletions = Set.of();
    private long sinceNanos;
  }

  /** Nothing is expected. */
  public Expectations(SimClock clock) {
    this.clock = clock;
  }

  /** That many objects are going to be created. */
  public void expectCreations(K key, int count) {
    Expected expected = renewed(key);
    expected.creations = count;
  }

  /** Objects of these names are going to be deleted. */
  public void expectDeletions(K key, Collection<String> names) {
    Expected expected = renewed(key);
    expected.deletions = new HashSet<>(names);
  }

  /** That many objects are going to be created, and objects of these names deleted. */
  public void expect(K key, int creations, Collection<String> deletions) {
    Expected expected = renewed(key);
    expected.creations = creations;
    expected.deletions = new HashSet<>(deletions);
  }

  private Expected renewed(K key) {
    Expected expected = new Expected();
    expected.sinceNanos = clock.nanos();
    byKey.put(key, expected);
    return expected;
  }

  /** One that was to be created was seen, or will never be. */
  public void creationObserved(K key) {
    creationsObserved(key, 1);
  }

  /** As {@link #creationObserved}, for several. */
  public void creationsObserved(K key, int count) {
    Expected expected = byKey.get(key);
    if (expected != null) {
      expected.creations -= count;
    }
  }

  /** One that was to be deleted is gone, or marked for deletion, or will not be deleted. */
  public void deletionObserved(K key, String name) {
    Expected expected = byKey.get(key);
    if (expected != null && !expected.deletions.isEmpty()) {
      expected.deletions.remove(name);
    }
  }

  /** Whether all that was expected was seen, or waiting for it has taken too long. */
  public boolean met(K key) {
    @Nullable Expected expected = byKey.get(key);
    return expected == null
        || (expected.creations <= 0 && expected.deletions.isEmpty())
        || clock.nanos() - expected.sinceNanos > TIMEOUT_NANOS;
  }

  /** Nothing is expected any more. */
  public void forget(K key) {
    byKey.remove(key);
  }
}
