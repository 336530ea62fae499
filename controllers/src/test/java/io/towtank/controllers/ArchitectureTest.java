package io.towtank.controllers;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.towtank.architecture.DeterminismRules;
import io.towtank.architecture.SimulatedWorldRules;

@AnalyzeClasses(
    packages = "io.towtank.controllers",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest static final ArchTests DETERMINISM = ArchTests.in(DeterminismRules.class);
  @ArchTest static final ArchTests SIMULATED_WORLD = ArchTests.in(SimulatedWorldRules.class);

  @ArchTest
  static final ArchRule STANDS_ON_SIMULATOR_CORE_ALONE =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideOutsideOfPackages(
              "io.towtank.scheduler..",
              "io.towtank.scenarios..",
              "io.towtank.conformance..",
              "io.towtank.cli..");

  /** Controllers meet only through the API store. */
  @ArchTest
  static final ArchRule NO_CONTROLLER_KNOWS_ANOTHER =
      slices()
          .matching("io.towtank.controllers.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              alwaysTrue(),
              resideInAnyPackage(
                  "io.towtank.controllers.workload..", "io.towtank.controllers.history.."));
}
