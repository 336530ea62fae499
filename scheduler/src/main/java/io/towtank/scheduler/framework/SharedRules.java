package io.towtank.scheduler.framework;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Rules by what they are about, so that templates which ask for the same share what the rule keeps.
 * The ones that were not asked for longest are forgotten; few are kept, since each may have a
 * number for every node.
 *
 * @param <K> what a rule is about
 */
public final class SharedRules<K, R> {
  private static final int CAPACITY = 128;

  private final Map<K, R> rules =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, R> eldest) {
          return size() > CAPACITY;
        }
      };

  /** The rule about something; made where there is none yet, for which others may be asked for. */
  public R of(K about, Function<K, R> make) {
    R known = rules.get(about);
    if (known == null) {
      known = make.apply(about);
      rules.put(about, known);
    }
    return known;
  }
}
