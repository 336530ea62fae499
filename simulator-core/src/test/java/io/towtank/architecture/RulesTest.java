package io.towtank.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules find what they forbid, and leave alone what they do not. */
final class RulesTest {
  static final class Random1 {
    static final double OFFENCE = Math.random();
  }

  static final class Random2 {
    static final Random OFFENCE = new Random();
  }

  static final class Random3 {
    static final int OFFENCE = ThreadLocalRandom.current().nextInt();
  }

  static final class Seeded {
    static final Random FINE = new Random(1);
  }

  static final class Identity1 {
    static final int OFFENCE = System.identityHashCode("");
  }

  static final class Identity2 {
    static List<String> offence(IdentityHashMap<String, String> map) {
      return List.copyOf(map.values());
    }
  }

  static final class IdentityLookup {
    static boolean fine(IdentityHashMap<String, String> map) {
      return map.containsKey("");
    }
  }

  static final class Order1 {
    static final Map<String, Integer> OFFENCE = Map.of("a", 1, "b", 2);
  }

  static final class Order2 {
    static final Set<String> OFFENCE = Set.of("a", "b");
  }

  static final class Order3 {
    static final Set<String> OFFENCE = Stream.of("a").collect(Collectors.toUnmodifiableSet());
  }

  static final class Order4 {
    static Map<String, String> offence(Map<String, String> map) {
      return Map.copyOf(map);
    }
  }

  static final class OneElement {
    static final Map<String, Integer> FINE = Map.of("a", 1);
    static final Set<String> FINE_TOO = Set.of();
  }

  static final class Parallel {
    static final int OFFENCE = IntStream.range(0, 9).parallel().sum();
  }

  static final class Clock1 {
    static final long OFFENCE = System.nanoTime();
  }

  static final class Clock2 {
    static final LongSupplier OFFENCE = System::currentTimeMillis;
  }

  static final class Clock3 {
    static Instant offence() {
      return Instant.now();
    }
  }

  static final class FixedTime {
    static final Instant FINE = Instant.ofEpochSecond(1);
  }

  static final class FileUse {
    static boolean offence(Path path) {
      return Files.exists(path);
    }
  }

  static final class Threads {
    static final Thread OFFENCE = new Thread(() -> {});
  }

  static Stream<Arguments> offences() {
    return Stream.of(
        Arguments.of(DeterminismRules.NO_GLOBAL_RANDOMNESS, Random1.class, true),
        Arguments.of(DeterminismRules.NO_GLOBAL_RANDOMNESS, Random2.class, true),
        Arguments.of(DeterminismRules.NO_GLOBAL_RANDOMNESS, Random3.class, true),
        Arguments.of(DeterminismRules.NO_GLOBAL_RANDOMNESS, Seeded.class, false),
        Arguments.of(DeterminismRules.NO_ORDER_BY_IDENTITY, Identity1.class, true),
        Arguments.of(DeterminismRules.NO_ORDER_BY_IDENTITY, Identity2.class, true),
        Arguments.of(DeterminismRules.NO_ORDER_BY_IDENTITY, IdentityLookup.class, false),
        Arguments.of(DeterminismRules.NO_COLLECTIONS_WITH_A_RANDOM_ORDER, Order1.class, true),
        Arguments.of(DeterminismRules.NO_COLLECTIONS_WITH_A_RANDOM_ORDER, Order2.class, true),
        Arguments.of(DeterminismRules.NO_COLLECTIONS_WITH_A_RANDOM_ORDER, Order3.class, true),
        Arguments.of(DeterminismRules.NO_COLLECTIONS_WITH_A_RANDOM_ORDER, Order4.class, true),
        Arguments.of(DeterminismRules.NO_COLLECTIONS_WITH_A_RANDOM_ORDER, OneElement.class, false),
        Arguments.of(DeterminismRules.NO_PARALLEL_STREAMS, Parallel.class, true),
        Arguments.of(SimulatedWorldRules.NO_WALL_CLOCK, Clock1.class, true),
        Arguments.of(SimulatedWorldRules.NO_WALL_CLOCK, Clock2.class, true),
        Arguments.of(SimulatedWorldRules.NO_WALL_CLOCK, Clock3.class, true),
        Arguments.of(SimulatedWorldRules.NO_WALL_CLOCK, FixedTime.class, false),
        Arguments.of(SimulatedWorldRules.NO_FILES, FileUse.class, true),
        Arguments.of(SimulatedWorldRules.NO_FILES, Order1.class, false),
        Arguments.of(SimulatedWorldRules.NO_THREADS, Threads.class, true),
        Arguments.of(SimulatedWorldRules.NO_THREADS, Order1.class, false));
  }

  @ParameterizedTest
  @MethodSource("offences")
  void findsOffences(ArchRule rule, Class<?> example, boolean offends) {
    JavaClasses classes = new ClassFileImporter().importClasses(example);
    assertThat(rule.evaluate(classes).hasViolation()).isEqualTo(offends);
  }
}
