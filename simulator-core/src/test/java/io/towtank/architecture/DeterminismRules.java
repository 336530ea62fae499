package io.towtank.architecture;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The same input gives the same output, on every machine and in every run: for all modules. */
public final class DeterminismRules {
  private DeterminismRules() {}

  @ArchTest
  static final ArchRule NO_GLOBAL_RANDOMNESS =
      noClasses()
          .should()
          .accessTargetWhere(to(Math.class, "random"))
          .orShould()
          .accessTargetWhere(to(StrictMath.class, "random"))
          .orShould()
          .accessTargetWhere(to(ThreadLocalRandom.class, ".*"))
          .orShould()
          .accessTargetWhere(to(UUID.class, "randomUUID"))
          .orShould()
          .accessTargetWhere(to(RandomGenerator.class, "of|getDefault"))
          .orShould()
          .accessTargetWhere(to(Random.class, "<init>").and(withParameters(0)))
          .orShould()
          .accessTargetWhere(to(SplittableRandom.class, "<init>").and(withParameters(0)))
          .because("randomness comes from simulation.random(name), which the seed decides");

  /** Excepted: caches in which identity decides how fast something is found, not what. */
  @ArchTest
  static final ArchRule NO_ORDER_BY_IDENTITY =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.towtank.scheduler.state.PodInfos")
          .and()
          .doNotHaveFullyQualifiedName("io.towtank.record.IdentityHashes")
          .should()
          .accessTargetWhere(to(System.class, "identityHashCode"))
          .orShould()
          .accessTargetWhere(to(IdentityHashMap.class, "keySet|values|entrySet|forEach|replaceAll"))
          .because("identity hash codes differ from run to run; looking up by identity is fine");

  /** Those with one element at most have but one order. */
  @ArchTest
  static final ArchRule NO_COLLECTIONS_WITH_A_RANDOM_ORDER =
      noClasses()
          .should()
          .accessTargetWhere(to(Map.class, "copyOf|ofEntries"))
          .orShould()
          .accessTargetWhere(to(Set.class, "copyOf"))
          .orShould()
          .accessTargetWhere(to(Map.class, "of").and(withParametersAbove(2)))
          .orShould()
          .accessTargetWhere(to(Set.class, "of").and(withParametersAbove(1)))
          .orShould()
          .accessTargetWhere(to(Set.class, "of").and(withAnArray()))
          .orShould()
          .accessTargetWhere(to(Collectors.class, "toUnmodifiable(Set|Map)"))
          .because(
              "these iterate in an order that differs from JVM to JVM: use Guava's ImmutableMap and"
                  + " ImmutableSet");

  @ArchTest
  static final ArchRule NO_PARALLEL_STREAMS =
      noClasses()
          .should()
          .accessTargetWhere(
              target(nameMatching("parallel|parallelStream"))
                  .and(target(owner(assignableTo(java.util.stream.BaseStream.class)))))
          .orShould()
          .accessTargetWhere(
              target(nameMatching("parallelStream"))
                  .and(target(owner(assignableTo(java.util.Collection.class)))))
          .because("one thread owns a simulation");

  /**
   * Accesses of a class's member, also through a class that extends it; static methods of
   * interfaces are not inherited.
   */
  static DescribedPredicate<JavaAccess<?>> to(Class<?> owner, String namePattern) {
    return DescribedPredicate.describe(
        owner.getSimpleName() + "." + namePattern,
        access ->
            (access.getTargetOwner().isEquivalentTo(owner)
                    || (!owner.isInterface() && access.getTargetOwner().isAssignableTo(owner)))
                && access.getTarget().getName().matches(namePattern));
  }

  private static DescribedPredicate<JavaAccess<?>> withParameters(int count) {
    return DescribedPredicate.describe(
        "with " + count + " parameters", access -> parameters(access) == count);
  }

  private static DescribedPredicate<JavaAccess<?>> withParametersAbove(int count) {
    return DescribedPredicate.describe(
        "with more than " + count + " parameters", access -> parameters(access) > count);
  }

  private static DescribedPredicate<JavaAccess<?>> withAnArray() {
    return DescribedPredicate.describe(
        "with an array",
        access ->
            access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget unit
                && unit.getRawParameterTypes().stream().anyMatch(type -> type.isArray()));
  }

  private static int parameters(JavaAccess<?> access) {
    return access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget unit
        ? unit.getRawParameterTypes().size()
        : 0;
  }
}
