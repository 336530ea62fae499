package io.towtank.scheduler;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.towtank.architecture.DeterminismRules;
import io.towtank.architecture.SimulatedWorldRules;

@AnalyzeClasses(
    packages = "io.towtank.scheduler",
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
              "io.towtank.controllers..",
              "io.towtank.scenarios..",
              "io.towtank.conformance..",
              "io.towtank.cli..");
}
