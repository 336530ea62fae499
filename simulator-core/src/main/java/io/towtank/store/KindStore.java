package io.towtank.store;

import com.google.common.collect.ImmutableList;
import io.towtank.api.FieldSelector;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMeta;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** All that the store has of one kind: its objects as they are, their latest changes, watches. */
final class KindStore<T extends KubeObject> {
  private static final Comparator<KubeObject> BY_KEY =
      (a, b) -> compare(a.metadata(), b.metadata());

  /** etcd3/errors.go */
  private static final String LIST_TOO_OLD =
      "The resourceVersion for the provided list is too old.";

  private static final String CONTINUE_TOO_OLD =
      "The provided continue parameter is too old to display a consistent list result. You can"
          + " start a new list without the continue parameter, or use the continue token in this"
          + " response to retrieve the remainder of the results. Continuing with the provided token"
          + " results in an inconsistent list - objects that were created, modified, or deleted"
          + " between the time the first chunk was returned and now may show up in the list.";

  private final Kind<T> kind;
  private final LongSupplier revision;
  private final ObjectTable<T> table = new ObjectTable<>();
  private final Watches<T> watches;
  private final History<T> history;

  KindStore(Simulation simulation, Kind<T> kind, HistoryWindow bounds, LongSupplier revision) {
    this.kind = kind;
    this.revision = revision;
    this.watches = new Watches<>(simulation, kind, bounds, revision);
    this.history = watches.history();
  }

  Kind<T> kind() {
    return kind;
  }

  ObjectTable<T> table() {
    return table;
  }

  Watches<T> watches() {
    return watches;
  }

  History<T> history() {
    return history;
  }

  /** The revision of the last change, 0 before the first. */
  long lastRevision() {
    long next = history.next();
    return next == 0 ? 0 : history.current(next - 1).resourceVersion();
  }

  /** Takes a change in. */
  void commit(@Nullable T previous, T current, boolean deletion) {
    if (deletion) {
      table.remove(current.metadata().namespace(), current.name());
    } else {
      table.put(current);
    }
    watches.changed(previous, current, deletion);
  }

  /** Tells the objects of a selection, in an order that depends on the changes so far. */
  void forEach(Selection selection, Consumer<? super T> action) {
    Filter filter = new Filter(kind, selection);
    if (filter.isEverything()) {
      table.forEach(action);
      return;
    }
    Consumer<T> matching =
        object -> {
          if (filter.matches(object)) {
            action.accept(object);
          }
        };
    for (FieldSelector.Requirement requirement : selection.fields().requirements()) {
      if (requirement.equal() && !requirement.value().isEmpty()) {
        if (requirement.field().equals("spec.nodeName")) {
          table.addIndex(requirement.field(), SelectableFields.of(kind, requirement.field()));
        }
        if (table.hasIndex(requirement.field())) {
          table.forEachInIndex(requirement.field(), requirement.value(), matching);
          return;
        }
      }
    }
    if (selection.labels() != null) {
      table.forEachSelected(selection.namespace(), selection.labels(), matching);
    } else {
      table.forEach(matching);
    }
  }

  /** A page of the objects of a selection. */
  ListPage<T> list(ListOptions options) {
    Filter filter = new Filter(kind, options.selection());
    long newest = revision.getAsLong();
    ContinueToken token =
        options.continueToken() == null ? null : ContinueToken.parse(options.continueToken());
    long asked = token == null ? options.atRevision() : token.revision();
    long at = asked < 0 ? newest : asked;
    if (at > newest) {
      throw ApiException.tooLargeRevision(at, newest);
    }
    if (at < newest && at < history.oldestRevision()) {
      throw token == null
          ? ApiException.expired(LIST_TOO_OLD, null)
          : ApiException.expired(
              CONTINUE_TOO_OLD,
              new ContinueToken(ContinueToken.INCONSISTENT, token.last()).toString());
    }
    Map<ObjectKey, Optional<T>> undone = at == newest ? Map.of() : since(at);
    if (token == null && options.limit() == 0 && undone.isEmpty() && isIndexed(options)) {
      List<T> found = new ArrayList<>();
      forEach(options.selection(), found::add);
      found.sort(BY_KEY);
      return new ListPage<>(ImmutableList.copyOf(found), at, null, null);
    }
    return page(options, filter, token, at, undone);
  }

  /** The first thing that is not as it should be, in words; null where all is. */
  @Nullable String difference() {
    Set<ObjectKey> seen = new HashSet<>();
    for (long number = history.next() - 1; number >= history.first(); number--) {
      T current = history.current(number);
      ObjectKey key = ObjectKey.of(current);
      if (seen.add(key)) {
        T stored = table.get(key.namespace(), key.name());
        T expected = history.isDeletion(number) ? null : current;
        if (!Objects.equals(stored, expected)) {
          return kind + " " + key + " is " + stored + ", but the last change left " + expected;
        }
      }
    }
    return table.difference();
  }

  private static boolean isIndexed(ListOptions options) {
    Selection selection = options.selection();
    return selection.labels() != null || selection.fields().requiredValue("spec.nodeName") != null;
  }

  private ListPage<T> page(
      ListOptions options,
      Filter filter,
      @Nullable ContinueToken token,
      long at,
      Map<ObjectKey, Optional<T>> undone) {
    String namespace = options.selection().namespace();
    int limit = options.limit() == 0 ? Integer.MAX_VALUE : options.limit();
    Walk walk = new Walk(token == null ? null : token.last(), namespace, undone);
    ImmutableList.Builder<T> items = ImmutableList.builder();
    int count = 0;
    T last = null;
    for (T object = walk.next(); object != null; object = walk.next()) {
      if (namespace != null && !namespace.equals(object.metadata().namespace())) {
        break;
      }
      if (!filter.matches(object)) {
        continue;
      }
      if (count == limit && last != null) {
        String rest = new ContinueToken(at, ObjectKey.of(last)).toString();
        boolean known =
            options.selection().labels() == null && options.selection().fields().isEverything();
        return new ListPage<>(items.build(), at, rest, known ? 1 + walk.count(filter) : null);
      }
      items.add(object);
      last = object;
      count++;
    }
    return new ListPage<>(items.build(), at, null, null);
  }

  /** What objects were before they were changed after a revision; empty where they were not. */
  private Map<ObjectKey, Optional<T>> since(long at) {
    Map<ObjectKey, Optional<T>> before =
        new TreeMap<>((a, b) -> KeyOrder.compare(a.namespace(), a.name(), b.namespace(), b.name()));
    for (long number = history.after(at); number < history.next(); number++) {
      before.putIfAbsent(
          ObjectKey.of(history.current(number)), Optional.ofNullable(history.previous(number)));
    }
    return before;
  }

  private static int compare(ObjectMeta left, ObjectMeta right) {
    return KeyOrder.compare(left.namespace(), left.name(), right.namespace(), right.name());
  }

  /** Goes through the objects in the order of their keys, some of them as they were before. */
  private final class Walk {
    private final Map<ObjectKey, Optional<T>> undone;
    private final List<T> former = new ArrayList<>();
    private int nextFormer;
    private int position;

    Walk(
        @Nullable ObjectKey after, @Nullable String namespace, Map<ObjectKey, Optional<T>> undone) {
      this.undone = undone;
      if (after != null) {
        position = table.positionAfter(after.namespace(), after.name());
      } else if (namespace != null) {
        position = table.positionAfter(namespace, "");
      }
      undone.forEach((key, object) -> {
        boolean isAfter =
            after == null
                ? namespace == null
                    || KeyOrder.compare(key.namespace(), key.name(), namespace, "") > 0
                : KeyOrder.compare(key.namespace(), key.name(), after.namespace(), after.name())
                    > 0;
        if (isAfter) {
          object.ifPresent(former::add);
        }
      });
    }

    @Nullable T next() {
      T now = null;
      while (position < table.size()) {
        now = table.inOrder(position);
        if (undone.isEmpty() || !undone.containsKey(ObjectKey.of(now))) {
          break;
        }
        position++;
        now = null;
      }
      T before = nextFormer < former.size() ? former.get(nextFormer) : null;
      if (now != null && (before == null || compare(now.metadata(), before.metadata()) < 0)) {
        position++;
        return now;
      }
      nextFormer++;
      return before;
    }

    /** How many matching objects are left. */
    int count(Filter filter) {
      int count = 0;
      for (T object = next(); object != null; object = next()) {
        if (filter.matches(object)) {
          count++;
        }
      }
      return count;
    }
  }
}
