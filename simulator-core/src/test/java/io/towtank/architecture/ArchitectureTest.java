package io.towtank.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;

/** Who may use whom within simulator-core. */
@AnalyzeClasses(packages = "io.towtank", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  @ArchTest static final ArchTests DETERMINISM = ArchTests.in(DeterminismRules.class);
  @ArchTest static final ArchTests SIMULATED_WORLD = ArchTests.in(SimulatedWorldRules.class);

  @ArchTest static final ArchRule TIME = mayUse("time");
  @ArchTest static final ArchRule API = mayUse("api", "schema");
  @ArchTest static final ArchRule VOLUME = mayUse("volume", "api", "latency");
  @ArchTest static final ArchRule ENVIRONMENT = mayUse("environment", "api");
  @ArchTest static final ArchRule LATENCY = mayUse("latency", "api", "time");

  @ArchTest
  static final ArchRule STORE =
      mayUse(
          "store", "api", "time", "latency", "validation", "codec", "defaults", "patch", "volume");

  @ArchTest
  static final ArchRule RECORD =
      mayUse("record", "api", "time", "latency", "codec", "store", "client");

  @ArchTest
  static final ArchRule CLIENT =
      mayUse("client", "api", "time", "latency", "store", "validation", "patch");

  @ArchTest
  static final ArchRule NOTHING_OF_OTHER_MODULES =
      classes()
          .that()
          .resideInAPackage("io.towtank..")
          .should()
          .onlyDependOnClassesThat(
              resideOutsideOfPackages(
                  "io.towtank.scheduler..",
                  "io.towtank.controllers..",
                  "io.towtank.scenarios..",
                  "io.towtank.conformance..",
                  "io.towtank.cli.."))
          .because("it is what the others stand on");

  @ArchTest
  static final ArchRule NO_CYCLES = slices().matching("io.towtank.(*)..").should().beFreeOfCycles();

  private static ArchRule mayUse(String name, String... others) {
    String[] packages = new String[others.length + 1];
    packages[0] = "io.towtank." + name + "..";
    for (int i = 0; i < others.length; i++) {
      packages[i + 1] = "io.towtank." + others[i] + "..";
    }
    return classes()
        .that(resideInAPackage(packages[0]))
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(packages).or(resideOutsideOfPackages("io.towtank..")));
  }
}
