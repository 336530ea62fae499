package io.towtank.store;

import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds a table's slots by what a function says of the objects in them. */
final class FieldIndex<T> {
  private final String name;
  private final Function<? super T, ? extends @Nullable Object> indexer;
  private final Object2IntOpenHashMap<Object> lists = new Object2IntOpenHashMap<>();
  private final Postings postings = new Postings();

  /** By list: its value, so that it can be forgotten when the list has run empty. */
  private final List<@Nullable Object> values = new ArrayList<>();

  FieldIndex(String name, Function<? super T, ? extends @Nullable Object> indexer) {
    this.name = name;
    this.indexer = indexer;
    lists.defaultReturnValue(-1);
  }

  String name() {
    return name;
  }

  void replace(int slot, @Nullable T previous, @Nullable T current) {
    Object before = previous == null ? null : indexer.apply(previous);
    Object after = current == null ? null : indexer.apply(current);
    if (Objects.equals(before, after)) {
      return;
    }
    if (before != null) {
      int list = postings.remove(slot);
      if (postings.size(list) == 0) {
        postings.endList(list);
        lists.removeInt(before);
        values.set(list, null);
      }
    }
    if (after != null) {
      int list = lists.getInt(after);
      if (list < 0) {
        list = postings.newList();
        lists.put(after, list);
        if (list == values.size()) {
          values.add(after);
        } else {
          values.set(list, after);
        }
      }
      postings.add(slot, list);
    }
  }

  /** The list of a value, -1 where nothing has it. */
  int list(Object value) {
    return lists.getInt(value);
  }

  int size(int list) {
    return list < 0 ? 0 : postings.size(list);
  }

  int slot(int list, int position) {
    return postings.slot(list, position);
  }

  /** The first way in which a slot is not where its object belongs, null where it is. */
  @Nullable String difference(int slot, @Nullable T object) {
    Object expected = object == null ? null : indexer.apply(object);
    int list = postings.listOf(slot);
    Object actual = list < 0 ? null : values.get(list);
    if (!Objects.equals(expected, actual)) {
      return "index \"" + name + "\" has it under " + actual + " instead of " + expected;
    }
    return list >= 0 && lists.getInt(expected) != list
        ? "index \"" + name + "\" does not find " + expected
        : null;
  }
}
