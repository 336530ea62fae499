package io.towtank.scenarios.trace;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.manifest.ManifestException;
import io.towtank.scenarios.input.InputFiles;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.validation.DidYouMean;
import java.io.BufferedReader;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a table row by row from a .csv or .csv.gz file; the first row names the columns. */
final class CsvTable implements AutoCloseable {

  private final Path file;
  private final BufferedReader reader;
  private final ImmutableList<String> columns;
  private long line = 1;
  private List<String> cells = ImmutableList.of();

  private CsvTable(Path file, BufferedReader reader, ImmutableList<String> columns) {
    this.file = file;
    this.reader = reader;
    this.columns = columns;
  }

  /**
   * Opens a table.
   *
   * @throws InvalidInputException where it cannot be read
   * @throws ManifestException where it lacks a column or has one too many
   */
  static CsvTable open(Path file, ImmutableSet<String> required, ImmutableSet<String> optional) {
    BufferedReader reader = null;
    try {
      reader = InputFiles.lines(file);
      String header = reader.readLine();
      ImmutableList<String> columns =
          ImmutableList.copyOf(Splitter.on(',').trimResults().split(header == null ? "" : header));
      checkColumns(file, columns, required, optional);
      CsvTable table = new CsvTable(file, reader, columns);
      reader = null;
      return table;
    } catch (IOException e) {
      throw InvalidInputException.unreadable(file, e);
    } finally {
      closeAfterProblem(reader);
    }
  }

  private static void closeAfterProblem(@Nullable BufferedReader reader) {
    try {
      if (reader != null) {
        reader.close();
      }
    } catch (IOException e) {
      // The problem that led here is on its way already.
    }
  }

  private static void checkColumns(
      Path file,
      ImmutableList<String> columns,
      ImmutableSet<String> required,
      ImmutableSet<String> optional) {
    ImmutableSet<String> known =
        ImmutableSet.<String>builder().addAll(required).addAll(optional).build();
    if (columns.size() == 1 && columns.getFirst().isBlank()) {
      throw new InvalidInputException(
          file, "is empty: its first row names the columns, " + String.join(", ", required));
    }
    int place = 1;
    for (int i = 0; i < columns.size(); i++) {
      String column = columns.get(i);
      if (!known.contains(column)) {
        throw InvalidInputException.at(
            file, 1, place, column, "unknown column", DidYouMean.advice(column, known));
      }
      if (columns.indexOf(column) < i) {
        throw InvalidInputException.at(
            file, 1, place, column, "this column stands here a second time", null);
      }
      place += column.length() + 1;
    }
    for (String column : required) {
      if (!columns.contains(column)) {
        throw InvalidInputException.at(
            file,
            1,
            1,
            "",
            "column \"" + column + "\" is missing in this line, which names the columns",
            null);
      }
    }
  }

  /** Goes to the next row that is not blank; false after the last. */
  boolean next() {
    while (true) {
      String row;
      try {
        row = reader.readLine();
      } catch (IOException e) {
        throw InvalidInputException.unreadable(file, e);
      }
      if (row == null) {
        return false;
      }
      line++;
      if (row.isBlank()) {
        continue;
      }
      cells = Splitter.on(',').splitToList(row);
      if (cells.size() != columns.size()) {
        throw InvalidInputException.at(
            file,
            line,
            1,
            "",
            "this row has " + cells.size() + " cells, and there are " + columns.size() + " columns",
            null);
      }
      return true;
    }
  }

  /** The number of the row's line in the file. */
  long line() {
    return line;
  }

  /** A cell's text, empty where the table lacks the column. */
  String text(String column) {
    int index = columns.indexOf(column);
    return index < 0 ? "" : cells.get(index).strip();
  }

  /** A cell's whole number from {@code least} to {@code most}. */
  long whole(String column, long least, long most) {
    String text = text(column);
    long number;
    try {
      number = Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw problem(column, "\"" + text + "\" is no whole number");
    }
    if (number < least || number > most) {
      throw problem(column, text + " is not from " + least + " to " + most);
    }
    return number;
  }

  /** A cell's seconds, in nanoseconds. */
  long secondsAsNanos(String column) {
    String text = text(column);
    BigDecimal nanos;
    try {
      nanos = new BigDecimal(text).movePointRight(9);
    } catch (NumberFormatException e) {
      throw problem(column, "\"" + text + "\" is no number of seconds");
    }
    if (nanos.signum() < 0 || nanos.compareTo(BigDecimal.valueOf(Long.MAX_VALUE / 2)) > 0) {
      throw problem(column, text + " is not from 0 s to 146 years after the trace's start");
    }
    return nanos.longValue();
  }

  /** What is wrong with a cell of the row. */
  ManifestException problem(String column, String what) {
    int place = 1;
    for (int i = 0; i < columns.indexOf(column); i++) {
      place += cells.get(i).length() + 1;
    }
    return InvalidInputException.at(file, line, place, column, what, null);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw InvalidInputException.unreadable(file, e);
    }
  }
}
