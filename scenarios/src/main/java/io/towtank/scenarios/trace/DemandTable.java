package io.towtank.scenarios.trace;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.traffic.DemandCurve;
import java.nio.file.Path;

/**
 * Something over time as a table with the columns {@code seconds} (since the start of the run) and
 * one that says how much it is: {@code rate} (requests a second), or {@code value}.
 */
public final class DemandTable {
  private DemandTable() {}

  /**
   * Reads a table.
   *
   * @param column that says how much it is
   * @throws InvalidInputException where the file cannot be read
   * @throws io.towtank.manifest.ManifestException where something is wrong in it
   */
  public static ImmutableList<DemandCurve.Step> read(Path file, String column) {
    ImmutableList.Builder<DemandCurve.Step> rows = ImmutableList.builder();
    long last = -1;
    try (CsvTable table =
        CsvTable.open(file, ImmutableSet.of("seconds", column), ImmutableSet.of())) {
      while (table.next()) {
        long at = table.secondsAsNanos("seconds");
        if (at <= last) {
          throw table.problem("seconds", "rows come in the order of their times");
        }
        last = at;
        rows.add(new DemandCurve.Step(at, value(table, column)));
      }
    }
    if (last < 0) {
      throw new InvalidInputException(file, "has no rows");
    }
    return rows.build();
  }

  private static double value(CsvTable table, String column) {
    String text = table.text(column);
    try {
      double value = Double.parseDouble(text);
      if (value >= 0 && value <= 1e12) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below, together with what is out of range.
    }
    throw table.problem(
        column,
        "\""
            + text
            + (column.equals("rate")
                ? "\" is no number of requests a second"
                : "\" is no number that is not negative"));
  }
}
