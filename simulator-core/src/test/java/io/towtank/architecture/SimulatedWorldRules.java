package io.towtank.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.towtank.architecture.DeterminismRules.to;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.time.Clock;
import java.time.temporal.TemporalAccessor;

/**
 * Nothing below scenarios reads a file or a wall clock, or knows that there are threads: for
 * simulator-core, scheduler and controllers.
 */
public final class SimulatedWorldRules {
  private SimulatedWorldRules() {}

  @ArchTest
  static final ArchRule NO_WALL_CLOCK =
      noClasses()
          .should()
          .accessTargetWhere(to(System.class, "nanoTime|currentTimeMillis"))
          .orShould()
          .accessTargetWhere(anyNow())
          .orShould()
          .accessTargetWhere(to(Clock.class, "system.*|tick.*"))
          .orShould()
          .accessTargetWhere(to(java.util.Date.class, "<init>"))
          .because("time is virtual: SimClock");

  @ArchTest
  static final ArchRule NO_FILES =
      noClasses()
          .should()
          .dependOnClassesThat(
              belongToAnyOf(
                  File.class,
                  FileDescriptor.class,
                  FileInputStream.class,
                  FileOutputStream.class,
                  FileReader.class,
                  FileWriter.class,
                  RandomAccessFile.class,
                  FileChannel.class,
                  FileSystems.class,
                  Files.class))
          .because("files are read by scenarios, which pass on what is in them");

  @ArchTest
  static final ArchRule NO_THREADS =
      noClasses()
          .should()
          .dependOnClassesThat(
              assignableTo(Thread.class)
                  .or(assignableTo(java.util.concurrent.Executor.class))
                  .or(assignableTo(java.util.concurrent.Future.class)))
          .because("one thread owns a simulation");

  private static DescribedPredicate<JavaAccess<?>> anyNow() {
    return DescribedPredicate.describe(
        "now() of a date or time",
        access ->
            access.getTargetOwner().isAssignableTo(TemporalAccessor.class)
                && access.getTarget().getName().equals("now"));
  }
}
