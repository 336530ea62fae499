package io.towtank.store;

import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMeta;
import io.towtank.api.Selector;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one kind by namespace and name, with secondary indexes that are kept up to date by
 * every change. The store and every informer have one a kind.
 *
 * <p>An object lies in a numbered slot; slots of removed objects are used again. Keys are found by
 * open addressing with linear probing in an array that holds hashes and slot numbers, so that there
 * are no key objects and a probe touches nothing but that array: an object costs some 20 bytes, and
 * 8 bytes and its share of a list for every index.
 *
 * <p>Iteration is in the order of the slots, which depends on nothing but the changes so far, or in
 * the order of the keys. The table must not be changed while it is iterated over.
 */
public final class ObjectTable<T extends KubeObject> {
  private static final int GOLDEN = 0x9e3779b9;

  /** Hash in the upper half, slot + 1 in the lower; 0 where empty. At most two thirds are used. */
  private long[] cells = new long[16];

  private int shift = 28;

  private @Nullable Object[] objects = new @Nullable Object[10];
  private final IntArrayList freeSlots = new IntArrayList();
  private int slots;
  private int size;

  private final List<FieldIndex<T>> indexes = new ArrayList<>(2);
  private @Nullable LabelIndex<T> labels;
  private @Nullable SlotOrder order;

  /** How many objects there are. */
  public int size() {
    return size;
  }

  /** The object of that name, null where there is none. */
  public @Nullable T get(@Nullable String namespace, String name) {
    int cell = find(hash(namespace, name), namespace, name);
    return cell < 0 ? null : object((int) cells[cell] - 1);
  }

  /** Puts an object in, in the place of the one with its key; gives that one back. */
  public @Nullable T put(T object) {
    ObjectMeta meta = object.metadata();
    int hash = hash(meta.namespace(), meta.name());
    int cell = find(hash, meta.namespace(), meta.name());
    if (cell >= 0) {
      int slot = (int) cells[cell] - 1;
      T previous = object(slot);
      objects[slot] = object;
      index(slot, previous, object);
      return previous;
    }
    int slot;
    if (!freeSlots.isEmpty()) {
      slot = freeSlots.popInt();
    } else {
      slot = slots++;
      if (slot == objects.length) {
        objects = Arrays.copyOf(objects, slot + (slot >> 1));
      }
    }
    objects[slot] = object;
    cells[~cell] = (long) hash << 32 | (slot + 1);
    if (++size * 3L > cells.length * 2L) {
      grow();
    }
    index(slot, null, object);
    if (order != null) {
      order.added(slot);
    }
    return null;
  }

  /** Takes an object out; null where there is none of that name. */
  public @Nullable T remove(@Nullable String namespace, String name) {
    int cell = find(hash(namespace, name), namespace, name);
    if (cell < 0) {
      return null;
    }
    int slot = (int) cells[cell] - 1;
    T previous = object(slot);
    if (order != null) {
      order.removed(slot);
    }
    index(slot, previous, null);
    objects[slot] = null;
    freeSlots.add(slot);
    size--;
    vacate(cell);
    return previous;
  }

  /** Tells all objects, in the order of their slots. */
  public void forEach(Consumer<? super T> action) {
    for (int slot = 0; slot < slots; slot++) {
      T object = peek(slot);
      if (object != null) {
        action.accept(object);
      }
    }
  }

  /**
   * Keeps the objects by what a function says of them; null leaves an object out. Where there is an
   * index of that name already, nothing happens.
   *
   * @param indexer says values with equals and hashCode, always the same of the same object
   */
  public void addIndex(String name, Function<? super T, ? extends @Nullable Object> indexer) {
    if (findIndex(name) != null) {
      return;
    }
    FieldIndex<T> index = new FieldIndex<>(name, indexer);
    indexes.add(index);
    for (int slot = 0; slot < slots; slot++) {
      T object = peek(slot);
      if (object != null) {
        index.replace(slot, null, object);
      }
    }
  }

  /** Whether there is an index of that name. */
  public boolean hasIndex(String name) {
    return findIndex(name) != null;
  }

  /**
   * Tells the objects of which an index says that value.
   *
   * @throws IllegalArgumentException where there is no index of that name
   */
  public void forEachInIndex(String name, Object value, Consumer<? super T> action) {
    FieldIndex<T> index = index(name);
    int list = index.list(value);
    int count = index.size(list);
    for (int i = 0; i < count; i++) {
      action.accept(object(index.slot(list, i)));
    }
  }

  /**
   * Of how many objects an index says that value.
   *
   * @throws IllegalArgumentException where there is no index of that name
   */
  public int countInIndex(String name, Object value) {
    FieldIndex<T> index = index(name);
    return index.size(index.list(value));
  }

  /**
   * Tells the objects whose labels match, found by an index that is made when this is first called.
   *
   * @param namespace null for all
   */
  public void forEachSelected(
      @Nullable String namespace, Selector selector, Consumer<? super T> action) {
    LabelIndex<T> index = labelIndex();
    index.forEachGroup(
        namespace,
        selector,
        list -> {
          int count = index.size(list);
          for (int i = 0; i < count; i++) {
            action.accept(object(index.slot(list, i)));
          }
        });
  }

  /**
   * The first object in the order of the keys after a key.
   *
   * @return its position for {@link #inOrder}
   */
  int positionAfter(@Nullable String namespace, String name) {
    int[] sorted = sorted();
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      ObjectMeta meta = object(sorted[middle]).metadata();
      if (KeyOrder.compare(meta.namespace(), meta.name(), namespace, name) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The object at a position in the order of the keys, from 0 to below {@link #size}. */
  T inOrder(int position) {
    return object(sorted()[position]);
  }

  /**
   * The first way in which hash array, slots and indexes do not agree with one another, in words;
   * null where they do.
   */
  public @Nullable String difference() {
    int found = 0;
    for (int slot = 0; slot < slots; slot++) {
      T object = peek(slot);
      String place = "slot " + slot;
      if (object != null) {
        found++;
        ObjectMeta meta = object.metadata();
        place = object.kind() + " " + meta.namespace() + "/" + meta.name() + " in slot " + slot;
        int cell = find(hash(meta.namespace(), meta.name()), meta.namespace(), meta.name());
        if (cell < 0 || (int) cells[cell] - 1 != slot) {
          return place + " is not found by its key";
        }
      }
      for (FieldIndex<T> index : indexes) {
        String difference = index.difference(slot, object);
        if (difference != null) {
          return place + ": " + difference;
        }
      }
      String difference = labels == null ? null : labels.difference(slot, object);
      if (difference != null) {
        return place + ": " + difference;
      }
    }
    if (found != size) {
      return found + " objects are in slots, but " + size + " are counted";
    }
    for (int position = 1; order != null && position < size; position++) {
      ObjectMeta before = inOrder(position - 1).metadata();
      ObjectMeta after = inOrder(position).metadata();
      if (KeyOrder.compare(before.namespace(), before.name(), after.namespace(), after.name())
          >= 0) {
        return "in the order of the keys " + before.name() + " comes before " + after.name();
      }
    }
    return null;
  }

  private int[] sorted() {
    SlotOrder order = this.order;
    if (order == null) {
      order = new SlotOrder();
      this.order = order;
      for (int slot = 0; slot < slots; slot++) {
        if (peek(slot) != null) {
          order.added(slot);
        }
      }
    }
    return order.slots((a, b) -> {
      ObjectMeta left = object(a).metadata();
      ObjectMeta right = object(b).metadata();
      return KeyOrder.compare(left.namespace(), left.name(), right.namespace(), right.name());
    });
  }

  private LabelIndex<T> labelIndex() {
    LabelIndex<T> index = labels;
    if (index == null) {
      index = new LabelIndex<>();
      labels = index;
      for (int slot = 0; slot < slots; slot++) {
        T object = peek(slot);
        if (object != null) {
          index.replace(slot, null, object);
        }
      }
    }
    return index;
  }

  private void index(int slot, @Nullable T previous, @Nullable T current) {
    for (int i = 0; i < indexes.size(); i++) {
      indexes.get(i).replace(slot, previous, current);
    }
    if (labels != null) {
      labels.replace(slot, previous, current);
    }
  }

  private FieldIndex<T> index(String name) {
    FieldIndex<T> index = findIndex(name);
    if (index == null) {
      throw new IllegalArgumentException("there is no index \"" + name + "\"");
    }
    return index;
  }

  private @Nullable FieldIndex<T> findIndex(String name) {
    for (int i = 0; i < indexes.size(); i++) {
      if (indexes.get(i).name().equals(name)) {
        return indexes.get(i);
      }
    }
    return null;
  }

  @SuppressWarnings("unchecked") // Only put writes to slots.
  private T object(int slot) {
    return (T) Objects.requireNonNull(objects[slot]);
  }

  @SuppressWarnings("unchecked") // Only put writes to slots.
  private @Nullable T peek(int slot) {
    return (T) objects[slot];
  }

  private static int hash(@Nullable String namespace, String name) {
    int hash = name.hashCode() * 31 + (namespace == null ? 0 : namespace.hashCode());
    return hash * GOLDEN;
  }

  /** The cell of a key, or where it belongs, inverted. */
  private int find(int hash, @Nullable String namespace, String name) {
    int mask = cells.length - 1;
    int cell = hash >>> shift;
    while (true) {
      long content = cells[cell];
      if (content == 0) {
        return ~cell;
      }
      if ((int) (content >>> 32) == hash) {
        ObjectMeta meta = object((int) content - 1).metadata();
        if (meta.name().equals(name) && Objects.equals(meta.namespace(), namespace)) {
          return cell;
        }
      }
      cell = (cell + 1) & mask;
    }
  }

  private void grow() {
    long[] old = cells;
    cells = new long[old.length * 2];
    shift--;
    int mask = cells.length - 1;
    for (long content : old) {
      if (content != 0) {
        int cell = (int) (content >>> 32) >>> shift;
        while (cells[cell] != 0) {
          cell = (cell + 1) & mask;
        }
        cells[cell] = content;
      }
    }
  }

  /** Empties a cell and moves up what was displaced by it, so that no tombstones are needed. */
  private void vacate(int cell) {
    int mask = cells.length - 1;
    int gap = cell;
    int next = cell;
    while (true) {
      next = (next + 1) & mask;
      long content = cells[next];
      if (content == 0) {
        cells[gap] = 0;
        return;
      }
      int home = (int) (content >>> 32) >>> shift;
      // It may move to the gap where its home does not lie between the two, cyclically.
      if (((next - home) & mask) >= ((next - gap) & mask)) {
        cells[gap] = content;
        gap = next;
      }
    }
  }
}
