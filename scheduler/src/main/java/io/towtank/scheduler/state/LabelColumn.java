package io.towtank.scheduler.state;

import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The values of one label on all rows, interned to small numbers. */
public final class LabelColumn implements NodeClasses.Column {
  /** The value of a node that does not have the label. */
  public static final int NONE = -1;

  private final String key;
  private final Object2IntOpenHashMap<String> ids = new Object2IntOpenHashMap<>();
  private final List<String> values = new ArrayList<>();
  private int[] valueOfRow = new int[0];
  private int[] rowsOfValue = new int[16];
  private int sharedValues;
  private long generation;

  LabelColumn(String key) {
    this.key = key;
    ids.defaultReturnValue(NONE);
  }

  /** The label's name. */
  public String key() {
    return key;
  }

  /** The number of a row's value, {@link #NONE} where it has none. */
  public int value(int row) {
    return row < valueOfRow.length ? valueOfRow[row] : NONE;
  }

  @Override
  public long at(int row) {
    return value(row);
  }

  /** Values keep their numbers. */
  @Override
  public long epoch() {
    return 0;
  }

  /** The number of a value; a new one where no node had it so far. */
  public int id(String value) {
    int id = ids.getInt(value);
    if (id == NONE) {
      id = values.size();
      ids.put(value, id);
      values.add(value);
      if (id >= rowsOfValue.length) {
        rowsOfValue = Arrays.copyOf(rowsOfValue, id * 2);
      }
    }
    return id;
  }

  /** The value of a number. */
  public String text(int id) {
    return values.get(id);
  }

  /** How many values were seen. */
  public int values() {
    return values.size();
  }

  /** Whether no two nodes share a value, as with hostnames: each is a domain of its own. */
  public boolean isUnique() {
    return sharedValues == 0;
  }

  /** Counts up when {@link #isUnique} changes. */
  public long generation() {
    return generation;
  }

  void set(int row, int value) {
    if (row >= valueOfRow.length) {
      int length = valueOfRow.length;
      valueOfRow = Arrays.copyOf(valueOfRow, Math.max(64, Math.max(row + 1, length * 2)));
      Arrays.fill(valueOfRow, length, valueOfRow.length, NONE);
    }
    int previous = valueOfRow[row];
    if (previous == value) {
      return;
    }
    boolean unique = isUnique();
    valueOfRow[row] = value;
    if (previous != NONE && --rowsOfValue[previous] == 1) {
      sharedValues--;
    }
    if (value != NONE && ++rowsOfValue[value] == 2) {
      sharedValues++;
    }
    if (unique != isUnique()) {
      generation++;
    }
  }
}
