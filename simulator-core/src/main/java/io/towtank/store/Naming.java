package io.towtank.store;

import io.towtank.api.Hash64;
import io.towtank.api.Kind;
import io.towtank.api.Uid;
import io.towtank.time.Simulation;
import it.unimi.dsi.fastutil.objects.Object2LongOpenHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes names from generateName, and uids.
 *
 * <p>Both depend on the run's seed, on what the object is called, on when it is created and on how
 * many were made of the same generateName, but not on what else is created meanwhile: another
 * component in a cluster does not rename the pods of the others, nor reorder them where uids break
 * ties.
 */
final class Naming {
  // apiserver: storage/names/generate.go
  private static final int MAX_PREFIX_LENGTH = 63 - NameSuffix.LENGTH;

  private static final int PREFIXES = 1 << 16;

  private final long nameSeed;
  private final long uidSeed;

  /** Where the sequence of a prefix's suffixes is; those not used lately begin anew elsewhere. */
  private Object2LongOpenHashMap<String> recent = new Object2LongOpenHashMap<>();

  private Object2LongOpenHashMap<String> older = new Object2LongOpenHashMap<>();

  Naming(Simulation simulation) {
    nameSeed = simulation.random("store/names").nextLong();
    uidSeed = simulation.random("store/uids").nextLong();
  }

  /** The next name of a prefix. */
  String name(Kind<?> kind, @Nullable String namespace, String generateName, long nanos) {
    long state = recent.getLong(generateName);
    if (state == 0) {
      state = older.getLong(generateName);
      if (state == 0) {
        state = Hash64.add(Hash64.add(nameSeed, Hash64.of(generateName)), nanos) | 1;
      }
      if (recent.size() >= PREFIXES) {
        older = recent;
        recent = new Object2LongOpenHashMap<>();
      }
    }
    // An even step keeps the state odd, so never 0, which means that there is none.
    state += Hash64.SEED << 1;
    recent.put(generateName, state);
    long bits = Hash64.add(state, Hash64.of(kind.name()));
    bits = Hash64.mix(Hash64.add(bits, namespace == null ? 0 : Hash64.of(namespace))) >>> 1;
    int prefix = Math.min(generateName.length(), MAX_PREFIX_LENGTH);
    StringBuilder name = new StringBuilder(prefix + NameSuffix.LENGTH);
    name.append(generateName, 0, prefix);
    NameSuffix.appendTo(name, bits);
    return name.toString();
  }

  /**
   * A uid (random, RFC 9562 version 4). Its first half decides how uids compare and depends on the
   * object alone; the second is never the same twice.
   */
  Uid uid(Kind<?> kind, @Nullable String namespace, String name, long nanos, long revision) {
    long high = Hash64.add(uidSeed, Hash64.of(kind.name()));
    high = Hash64.add(high, namespace == null ? 0 : Hash64.of(namespace));
    high = Hash64.mix(Hash64.add(Hash64.add(high, Hash64.of(name)), nanos));
    long low = Hash64.mix(uidSeed + revision);
    return Uid.of((high & ~0xf000L) | 0x4000L, (low & ~0L >>> 2) | (1L << 63));
  }
}
