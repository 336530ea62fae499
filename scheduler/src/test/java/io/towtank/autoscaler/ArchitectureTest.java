package io.towtank.autoscaler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.towtank.architecture.DeterminismRules;
import io.towtank.architecture.SimulatedWorldRules;

@AnalyzeClasses(
    packages = {"io.towtank.autoscaler", "io.towtank.scheduler"},
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest static final ArchTests DETERMINISM = ArchTests.in(DeterminismRules.class);
  @ArchTest static final ArchTests SIMULATED_WORLD = ArchTests.in(SimulatedWorldRules.class);

  @ArchTest
  static final ArchRule USES_THE_SCHEDULER_AND_SIMULATOR_CORE =
      classes()
          .that()
          .resideInAPackage("io.towtank.autoscaler..")
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages(
              "io.towtank.controllers..",
              "io.towtank.scenarios..",
              "io.towtank.conformance..",
              "io.towtank.cli..");

  /**
   * They meet only through the API store; the autoscaler has the scheduler's rules, it has none of
   * its.
   */
  @ArchTest
  static final ArchRule THE_SCHEDULER_DOES_NOT_KNOW_IT =
      noClasses()
          .that()
          .resideInAPackage("io.towtank.scheduler..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.towtank.autoscaler..");
}
