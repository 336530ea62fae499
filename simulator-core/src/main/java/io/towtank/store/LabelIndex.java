package io.towtank.store;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMeta;
import io.towtank.api.Selector;
import it.unimi.dsi.fastutil.objects.Object2ObjectOpenHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds a table's slots by namespace and labels.
 *
 * <p>Objects with equal namespace and labels form a group: the pods of a template are one. A
 * selector is asked once a group, and only of groups that have one of the labels that it requires,
 * whatever the number of objects. A change of status costs two comparisons of references.
 */
final class LabelIndex<T extends KubeObject> {
  private record Key(@Nullable String namespace, ImmutableMap<String, String> labels) {}

  private record Group(Key key, int list) {}

  /** Groups that have something in common; some of them may have ended meanwhile. */
  private static final class Groups {
    private final List<Group> members = new ArrayList<>(1);
    private int ended;
  }

  private final Object2ObjectOpenHashMap<Key, Group> groups = new Object2ObjectOpenHashMap<>();
  private final Object2ObjectOpenHashMap<Map.Entry<String, String>, Groups> byLabel =
      new Object2ObjectOpenHashMap<>();
  private final Object2ObjectOpenHashMap<String, Groups> byNamespace =
      new Object2ObjectOpenHashMap<>();
  private final Postings postings = new Postings();

  /** By list: its group, null where it has ended. */
  private final List<@Nullable Group> lists = new ArrayList<>();

  private @Nullable Group last;

  void replace(int slot, @Nullable T previous, @Nullable T current) {
    if (previous != null && current != null && sameGroup(previous, current)) {
      return;
    }
    if (previous != null) {
      int list = postings.remove(slot);
      if (postings.size(list) == 0) {
        end(Objects.requireNonNull(lists.get(list)));
      }
    }
    if (current != null) {
      postings.add(slot, group(current.metadata()).list);
    }
  }

  int size(int list) {
    return postings.size(list);
  }

  int slot(int list, int position) {
    return postings.slot(list, position);
  }

  /** Tells the list of every group that is in a namespace, null for any, and matches. */
  void forEachGroup(@Nullable String namespace, Selector selector, IntConsumer action) {
    Groups fewest = namespace == null ? null : byNamespace.get(namespace);
    if (namespace != null && fewest == null) {
      return;
    }
    for (Map.Entry<String, String> label : selector.requiredLabels().entrySet()) {
      Groups having = byLabel.get(label);
      if (having == null) {
        return;
      }
      if (fewest == null || having.members.size() < fewest.members.size()) {
        fewest = having;
      }
    }
    for (@Nullable Group group : fewest == null ? lists : fewest.members) {
      if (group != null
          && isAlive(group)
          && (namespace == null || namespace.equals(group.key.namespace))
          && selector.matches(group.key.labels)) {
        action.accept(group.list);
      }
    }
  }

  /** The first way in which a slot is not where its object belongs, null where it is. */
  @Nullable String difference(int slot, @Nullable T object) {
    int list = postings.listOf(slot);
    Group group = list < 0 ? null : lists.get(list);
    Key expected = object == null ? null : key(object.metadata());
    Key actual = group == null ? null : group.key;
    if (!Objects.equals(expected, actual)) {
      return "the label index has it under " + actual + " instead of " + expected;
    }
    if (expected == null || group == null) {
      return null;
    }
    if (!group.equals(groups.get(expected))) {
      return "the label index does not find " + expected;
    }
    for (Map.Entry<String, String> label : expected.labels.entrySet()) {
      Groups having = byLabel.get(label);
      if (having == null || !having.members.contains(group)) {
        return "the label index does not find it by " + label;
      }
    }
    return null;
  }

  @SuppressWarnings("ReferenceEquality") // A shortcut: templates and versions share label maps.
  private static boolean sameGroup(KubeObject previous, KubeObject current) {
    ObjectMeta before = previous.metadata();
    ObjectMeta after = current.metadata();
    return before == after
        || before.labels() == after.labels()
        || before.labels().equals(after.labels());
  }

  @SuppressWarnings("ReferenceEquality") // A shortcut: pods of a template share their labels.
  private Group group(ObjectMeta meta) {
    Group group = last;
    if (group != null
        && group.key.labels == meta.labels()
        && Objects.equals(group.key.namespace, meta.namespace())) {
      return group;
    }
    Key key = key(meta);
    group = groups.get(key);
    if (group == null) {
      group = new Group(key, postings.newList());
      groups.put(key, group);
      if (group.list == lists.size()) {
        lists.add(group);
      } else {
        lists.set(group.list, group);
      }
      for (Map.Entry<String, String> label : key.labels.entrySet()) {
        byLabel.computeIfAbsent(label, l -> new Groups()).members.add(group);
      }
      if (key.namespace != null) {
        byNamespace.computeIfAbsent(key.namespace, n -> new Groups()).members.add(group);
      }
    }
    last = group;
    return group;
  }

  private static Key key(ObjectMeta meta) {
    return new Key(meta.namespace(), meta.labels());
  }

  @SuppressWarnings("ReferenceEquality") // A list's number may have gone to an equal later group.
  private boolean isAlive(Group group) {
    return lists.get(group.list) == group;
  }

  private void end(Group group) {
    postings.endList(group.list);
    groups.remove(group.key);
    lists.set(group.list, null);
    last = null;
    for (Map.Entry<String, String> label : group.key.labels.entrySet()) {
      ended(byLabel, label);
    }
    if (group.key.namespace != null) {
      ended(byNamespace, group.key.namespace);
    }
  }

  /** Ended groups are thrown out once they are half of the list: constant time on average. */
  private <K> void ended(Object2ObjectOpenHashMap<K, Groups> lists, K key) {
    Groups having = Objects.requireNonNull(lists.get(key));
    if (++having.ended * 2 > having.members.size()) {
      having.members.removeIf(group -> !isAlive(group));
      having.ended = 0;
      if (having.members.isEmpty()) {
        lists.remove(key);
      }
    }
  }
}
