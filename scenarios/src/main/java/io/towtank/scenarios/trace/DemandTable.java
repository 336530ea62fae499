package io.towtank.scenarios.trace;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.traffic.DemandCurve;
import java.nio.file.Path;

/**
 * Demand over time as a table with the columns {@code seconds} (since the start of the run) and
 * {@code rate} (requests a second).
 */
public final class DemandTable {
  private static final ImmutableSet<String> COLUMNS = ImmutableSet.of("seconds", "rate");

  private DemandTable() {}

  /**
   * Reads a table.
   *
   * @throws InvalidInputException where the file cannot be read
   * @throws io.towtank.manifest.ManifestException where something is wrong in it
   */
  public static ImmutableList<DemandCurve.Step> read(Path file) {
    ImmutableList.Builder<DemandCurve.Step> rows = ImmutableList.builder();
    long last = -1;
    try (CsvTable table = CsvTable.open(file, COLUMNS, ImmutableSet.of())) {
      while (table.next()) {
        long at = table.secondsAsNanos("seconds");
        if (at <= last) {
          throw table.problem("seconds", "rows come in the order of their times");
        }
        last = at;
        rows.add(new DemandCurve.Step(at, rate(table)));
      }
    }
    if (last < 0) {
      throw new InvalidInputException(file, "has no rows");
    }
    return rows.build();
  }

  private static double rate(CsvTable table) {
    String text = table.text("rate");
    try {
      double rate = Double.parseDouble(text);
      if (rate >= 0 && rate <= 1e12) {
        return rate;
      }
    } catch (NumberFormatException e) {
      // Told below, together with what is out of range.
    }
    throw table.problem("rate", "\"" + text + "\" is no number of requests a second");
  }
}
