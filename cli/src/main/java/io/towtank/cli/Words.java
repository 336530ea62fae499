package io.towtank.cli;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.Ties;
import io.towtank.scheduler.workload.SchedulerWorkload;
import io.towtank.time.CheckMode;
import java.util.Iterator;
import java.util.Locale;
import java.util.stream.Stream;

/** The words that shells complete where an option takes one of a few. */
final class Words {
  private Words() {}

  private static Iterator<String> lowerCase(Enum<?>[] constants) {
    return Stream.of(constants)
        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
        .iterator();
  }

  /** Of {@code --check}. */
  static final class CheckModes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return lowerCase(CheckMode.values());
    }
  }

  /** Of {@code --ties}. */
  static final class TieBreaks implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return lowerCase(Ties.values());
    }
  }

  /** Of {@code --workload}. */
  static final class Workloads implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.concat(
              Stream.of("all"), Stream.of(SchedulerWorkload.values()).map(SchedulerWorkload::id))
          .iterator();
    }
  }

  /** Of {@code --trace}. */
  static final class TraceFormats implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ImmutableList.of("openb").iterator();
    }
  }

  /** Of {@code --until}, beside times and conditions. */
  static final class Ends implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return ImmutableList.of("idle").iterator();
    }
  }
}
