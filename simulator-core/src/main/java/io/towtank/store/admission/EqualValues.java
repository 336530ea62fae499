package io.towtank.store.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Gives equal values one result, so that what was written apart is shared all the same: a thousand
 * Jobs from one manifest differ by their names, and have one pod spec from here on. What derives
 * anything from it does so once.
 *
 * <p>What was not asked for while {@value #CAPACITY} others were is forgotten. An equal result is
 * then made anew, which is all that anything but memory and speed may depend on.
 */
final class EqualValues<T> implements UnaryOperator<T> {
  private static final int CAPACITY = 1 << 10;

  private final UnaryOperator<T> derive;
  private final Map<T, T> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<T, T> eldest) {
          return size() > CAPACITY;
        }
      };

  /**
   * @param derive makes equal results of equal values, and of a result the same
   */
  EqualValues(UnaryOperator<T> derive) {
    this.derive = derive;
  }

  @Override
  public T apply(T value) {
    T result = known.get(value);
    if (result == null) {
      T derived = derive.apply(value);
      // What comes filled in is to be the same instance as what was filled in here.
      result = known.getOrDefault(derived, derived);
      known.put(value, result);
      known.put(result, result);
    }
    return result;
  }
}
