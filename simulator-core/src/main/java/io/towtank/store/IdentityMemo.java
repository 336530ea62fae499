package io.towtank.store;

import java.util.IdentityHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was made from shared values, by instance: all pods of a template share one spec,
 * so what is derived from it is derived once, and shared in turn.
 *
 * <p>What was not asked for while {@code capacity} others were is forgotten, so that the values of
 * objects long gone are not kept. What is asked for again gives an equal result, which is all that
 * anything but memory may depend on.
 */
public final class IdentityMemo<K, V> {
  private final int capacity;
  private final Function<? super K, ? extends V> derive;
  private IdentityHashMap<K, V> recent = new IdentityHashMap<>();
  private IdentityHashMap<K, V> older = new IdentityHashMap<>();

  /**
   * @param derive makes equal results of equal values
   */
  public IdentityMemo(int capacity, Function<? super K, ? extends V> derive) {
    this.capacity = capacity;
    this.derive = derive;
  }

  /** What is derived from a value. */
  public V get(K value) {
    V known = find(value);
    if (known != null) {
      return known;
    }
    V derived = derive.apply(value);
    put(value, derived);
    return derived;
  }

  /** What was derived from a value; null where nothing was, or where that is forgotten. */
  public @Nullable V find(K value) {
    V known = recent.get(value);
    if (known == null) {
      known = older.get(value);
      if (known != null) {
        put(value, known);
      }
    }
    return known;
  }

  /** Remembers what is derived from a value. */
  public void put(K value, V derived) {
    if (recent.size() >= capacity) {
      older = recent;
      recent = new IdentityHashMap<>();
    }
    recent.put(value, derived);
  }

  /** Forgets everything, as when what results depends on has changed. */
  public void clear() {
    recent.clear();
    older.clear();
  }
}
