package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedSet;
import io.towtank.api.LabelSelector;
import io.towtank.api.Node;
import io.towtank.api.NodeStatus;
import io.towtank.api.ObjectKey;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.Taint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The cluster in columns, one row a node. It is changed only by what informers tell and by pods
 * that the scheduler assumes; every change of a row is in {@link #changes}.
 */
public final class ClusterState {
  private static final int FIRST_CAPACITY = 64;
  private static final int SPARE_KINDS = 1024;
  private static final int CLASSES_CAPACITY = 128;
  private static final NodePod[] NO_PODS = {};

  private final Resources resources = new Resources();
  private final Images images = new Images();
  private final Volumes volumes = new Volumes();
  private final Map<String, ImmutableMap<String, String>> namespaces = new HashMap<>();
  private final PodInfos infos =
      new PodInfos(resources, name -> namespaces.getOrDefault(name, ImmutableMap.of()));
  private final ChangeLog changes = new ChangeLog();
  private final Map<String, LabelColumn> labels = new LinkedHashMap<>();
  private final Map<String, Integer> rowOfName = new HashMap<>();
  private final PriorityQueue<Integer> freeRows = new PriorityQueue<>();
  private final Map<ObjectKey, NodePod> pods = new HashMap<>();
  private final TreeMap<Integer, int[]> podsOfPriority = new TreeMap<>();
  private final Map<ImmutableList<Taint>, Integer> taintIds = new HashMap<>();
  private final NodeInfo cursor = new NodeInfo(this);

  private int rows;
  private int nodeCount;
  private long namespaceGeneration;
  private long nodeSetGeneration;
  private @Nullable Node[] nodes = new Node[FIRST_CAPACITY];
  private String[] names = new String[FIRST_CAPACITY];
  private final RowFacts facts = new RowFacts();
  // Read for every pod and node: kept here, since following the node's fields costs cache misses.
  private final List<ImmutableList<Taint>> taints = new ArrayList<>();
  private int[] podsWithHostPorts = new int[FIRST_CAPACITY];
  private NodePod[][] podsOfRow = new NodePod[FIRST_CAPACITY][];
  // Rows that are equal in resources, pod numbers and taints are of one kind.
  private Cohorts nodeKinds = new Cohorts(0);
  private int nodeKindWidth;
  private long nodeKindGeneration;
  private final Map<ImmutableList<NodeClasses.Column>, NodeClasses> nodeClasses = recent();
  private final Map<ImmutableList<NodeClasses.Column>, TemplateClasses> templateClasses = recent();
  private final NodeClasses.Column eachRow =
      new NodeClasses.Column() {
        @Override
        public long at(int row) {
          return facts.get(RowFacts.VERSION, row);
        }

        @Override
        public long epoch() {
          return 0;
        }
      };
  private final PodClasses podClasses = new PodClasses();

  /** An empty cluster. */
  public ClusterState() {
    facts.ensureRows(FIRST_CAPACITY);
    Arrays.fill(names, "");
    Arrays.fill(podsOfRow, NO_PODS);
  }

  // What there is

  /** One more than the highest row that is or was in use. */
  public int rows() {
    return rows;
  }

  /** How many nodes there are. */
  public int nodeCount() {
    return nodeCount;
  }

  /** Whether the row is a node. */
  public boolean isNode(int row) {
    return facts.isNode(row);
  }

  /** The row of a node, -1 where there is no such node. */
  public int row(String name) {
    Integer row = rowOfName.get(name);
    return row == null || !isNode(row) ? -1 : row;
  }

  /** The name of a row's node. */
  public String name(int row) {
    return names[row];
  }

  /** A row's node. Only where {@link #isNode}. */
  public Node node(int row) {
    return Objects.requireNonNull(nodes[row]);
  }

  /** A row as plugins see it; the same cursor every time. */
  public NodeInfo nodeInfo(int row) {
    return cursor.at(row);
  }

  /** The taints of a row's node. */
  public ImmutableList<Taint> taints(int row) {
    return taints.get(row);
  }

  /** Whether a row's node is cordoned. */
  public boolean unschedulable(int row) {
    return facts.unschedulable(row);
  }

  /** How much of a resource the pods of a row can have. */
  public long allocatable(int resource, int row) {
    return resource < facts.resources() ? facts.allocatable(resource, row) : 0;
  }

  /** How much of a resource the pods of a row ask for. */
  public long requested(int resource, int row) {
    return resource < facts.resources() ? facts.get(RowFacts.requested(resource), row) : 0;
  }

  /** Millicores that the pods of a row count for in scores. */
  public long nonZeroMilliCpu(int row) {
    return facts.get(RowFacts.NON_ZERO_MILLI_CPU, row);
  }

  /** Bytes that the pods of a row count for in scores. */
  public long nonZeroMemory(int row) {
    return facts.get(RowFacts.NON_ZERO_MEMORY, row);
  }

  /** How many pods a row may have. */
  public long allowedPods(int row) {
    return facts.allowedPods(row);
  }

  /** How many pods a row has. */
  public int podCount(int row) {
    return (int) facts.get(RowFacts.PODS, row);
  }

  /** A pod of a row. */
  public NodePod pod(int row, int index) {
    return podsOfRow[row][index];
  }

  /** How many pods of a row take ports of the node. */
  public int podsWithHostPorts(int row) {
    return podsWithHostPorts[row];
  }

  /** The classes of the pods on rows. */
  public PodClasses podClasses() {
    return podClasses;
  }

  /**
   * A row's number such that rows of one number are equal in allocatable and requested resources,
   * in their numbers of pods, in taints and in whether they are cordoned. It holds until the row or
   * {@link #nodeKindGeneration} changes.
   */
  public int nodeKind(int row) {
    int kind = (int) facts.get(RowFacts.KIND, row);
    if (kind < 0) {
      kind = facts.kind(row, nodeKinds);
      facts.set(RowFacts.KIND, row, kind);
    }
    return kind;
  }

  /** Counts up when the numbers of {@link #nodeKind} are given out anew. */
  public long nodeKindGeneration() {
    if (nodeKindWidth != facts.kindWidth() || nodeKinds.count() > SPARE_KINDS + 4 * rows) {
      nodeKindWidth = facts.kindWidth();
      nodeKinds = new Cohorts(nodeKindWidth);
      for (int row = 0; row < rows; row++) {
        facts.set(RowFacts.KIND, row, -1);
      }
      nodeKindGeneration++;
    }
    return nodeKindGeneration;
  }

  private static <T> Map<ImmutableList<NodeClasses.Column>, T> recent() {
    return new LinkedHashMap<>(64, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<ImmutableList<NodeClasses.Column>, T> eldest) {
        return size() > CLASSES_CAPACITY;
      }
    };
  }

  /**
   * The nodes in classes by some columns that are up to date. The classes that were not asked for
   * longest are forgotten; who still has them can go on with them.
   */
  public TemplateClasses templateClasses(ImmutableList<NodeClasses.Column> columns) {
    return templateClasses.computeIfAbsent(columns, c -> TemplateClasses.of(this, c));
  }

  /** The classes that those of several templates rest on. */
  NodeClasses nodeClasses(ImmutableList<NodeClasses.Column> columns) {
    return nodeClasses.computeIfAbsent(columns, c -> new NodeClasses(this, c));
  }

  /** A column in which no two rows are equal, nor a row with itself before it changed. */
  public NodeClasses.Column eachRow() {
    return eachRow;
  }

  /** Resource names and their columns. */
  public Resources resources() {
    return resources;
  }

  /** Which nodes have which images. */
  public Images images() {
    return images;
  }

  /** Claims, volumes and what belongs to them. */
  public Volumes volumes() {
    return volumes;
  }

  /** Which rows changed. */
  public ChangeLog changes() {
    return changes;
  }

  /** Counts up when a namespace's labels change. */
  public long namespaceGeneration() {
    return namespaceGeneration;
  }

  /** Counts up when a node comes or goes, or has other labels. */
  public long nodeSetGeneration() {
    return nodeSetGeneration;
  }

  /** What is worked out of a pod; the same for all pods of a template. */
  public PodInfo info(Pod pod) {
    return infos.of(pod);
  }

  /** A pod on a row, null where it is on none. */
  public @Nullable NodePod pod(ObjectKey key) {
    return pods.get(key);
  }

  /** How many pods are on rows. */
  public int pods() {
    return pods.size();
  }

  /** The lowest priority of any pod on a row; Integer.MAX_VALUE where there is none. */
  public int lowestPriority() {
    return podsOfPriority.isEmpty() ? Integer.MAX_VALUE : podsOfPriority.firstKey();
  }

  /** The column of a label; worked out when it is first asked for. */
  public LabelColumn labels(String key) {
    LabelColumn known = labels.get(key);
    if (known != null) {
      return known;
    }
    LabelColumn column = new LabelColumn(key);
    labels.put(key, column);
    for (int row = 0; row < rows; row++) {
      setLabel(column, row);
    }
    return column;
  }

  /** The selector for pods of one namespace whose labels match a selector and are these. */
  public PodSelector selector(
      String namespace,
      @Nullable LabelSelector selector,
      ImmutableMap<String, String> extraLabels) {
    return infos.selector(
        new PodSelector.Definition(ImmutableSortedSet.of(namespace), null, selector, extraLabels));
  }

  // What changes it

  /** Takes in a namespace's labels. */
  public void setNamespace(String name, ImmutableMap<String, String> itsLabels) {
    if (!itsLabels.equals(namespaces.put(name, itsLabels))) {
      namespaceGeneration++;
    }
  }

  /** A namespace is gone. */
  public void removeNamespace(String name) {
    if (namespaces.remove(name) != null) {
      namespaceGeneration++;
    }
  }

  /** Takes in a node, new or changed. */
  public void setNode(Node node) {
    int row = rowFor(node.name());
    Node before = nodes[row];
    if (before == null) {
      nodeCount++;
    }
    if (before == null || !before.metadata().labels().equals(node.metadata().labels())) {
      nodeSetGeneration++;
    }
    nodes[row] = node;
    setNodeColumns(row, node);
    changed(row);
  }

  /** A node is gone. Pods that are still known on it are kept until they are told gone. */
  public void removeNode(String name) {
    int row = row(name);
    if (row < 0) {
      return;
    }
    nodes[row] = null;
    nodeCount--;
    nodeSetGeneration++;
    facts.removeNode(row);
    facts.set(RowFacts.KIND, row, -1);
    taints.set(row, ImmutableList.of());
    images.set(row, ImmutableList.of());
    for (LabelColumn column : labels.values()) {
      column.set(row, LabelColumn.NONE);
    }
    freeIfUnused(row);
    changed(row);
  }

  /** Has a pod count on a node from now on, before it is bound. */
  public NodePod assume(Pod pod, PodInfo info, int row) {
    return add(new NodePod(pod, info, row, true));
  }

  /** Takes in a bound pod, new or changed. */
  public void setPod(Pod pod) {
    String nodeName = Objects.requireNonNull(pod.nodeName());
    NodePod known = pods.get(ObjectKey.of(pod));
    if (known != null && names[known.row()].equals(nodeName)) {
      PodInfo info = info(pod);
      if (info == known.info() && deleted(pod) == known.terminating()) {
        known.update(pod, info);
        return;
      }
      remove(known);
      add(new NodePod(pod, info, known.row(), false));
      return;
    }
    if (known != null) {
      remove(known);
    }
    add(new NodePod(pod, info(pod), rowFor(nodeName), false));
  }

  private static boolean deleted(Pod pod) {
    return pod.metadata().deletionTimestamp() != io.towtank.api.Timestamps.NONE;
  }

  /** A pod is gone, or was assumed and is not bound after all; false where it is on no row. */
  public boolean removePod(ObjectKey key) {
    NodePod known = pods.get(key);
    if (known == null) {
      return false;
    }
    remove(known);
    return true;
  }

  /** Takes a pod away; {@link #add} puts it back. */
  public void remove(NodePod pod) {
    int row = pod.row();
    pods.remove(ObjectKey.of(pod.pod()));
    facts.add(RowFacts.PODS, row, -1);
    int count = podCount(row);
    NodePod last = podsOfRow[row][count];
    podsOfRow[row][pod.slot] = last;
    last.slot = pod.slot;
    podsOfRow[row][count] = pod;
    count(pod, -1);
    changed(row);
    freeIfUnused(row);
  }

  /** Adds a pod that was taken away, or is only to be tried. */
  public NodePod add(NodePod pod) {
    int row = pod.row();
    int count = podCount(row);
    if (count == podsOfRow[row].length) {
      podsOfRow[row] = Arrays.copyOf(podsOfRow[row], Math.max(4, count * 2));
    }
    pod.slot = count;
    podsOfRow[row][count] = pod;
    facts.add(RowFacts.PODS, row, 1);
    pods.put(ObjectKey.of(pod.pod()), pod);
    count(pod, 1);
    changed(row);
    return pod;
  }

  /** Whether a row changed again after a position of {@link #changes}. */
  boolean changedAfter(int row, long position) {
    return facts.get(RowFacts.VERSION, row) > position;
  }

  private void changed(int row) {
    facts.set(RowFacts.VERSION, row, changes.end());
    changes.add(row);
  }

  private void count(NodePod pod, int sign) {
    int row = pod.row();
    facts.set(RowFacts.KIND, row, -1);
    PodInfo info = pod.info();
    for (int resource = 0; resource < info.resources(); resource++) {
      long request = info.request(resource);
      if (request != 0) {
        facts.ensureResources(resource + 1);
        facts.add(RowFacts.requested(resource), row, sign * request);
      }
    }
    facts.add(RowFacts.NON_ZERO_MILLI_CPU, row, sign * info.nonZeroMilliCpu());
    facts.add(RowFacts.NON_ZERO_MEMORY, row, sign * info.nonZeroMemory());
    if (!info.hostPorts().isEmpty()) {
      podsWithHostPorts[row] += sign;
    }
    if (sign > 0) {
      podClasses.add(row, info, pod.terminating());
    } else {
      podClasses.remove(row, info, pod.terminating());
    }
    countPriority(info.priority(), sign);
  }

  private void countPriority(int priority, int sign) {
    int[] count = podsOfPriority.computeIfAbsent(priority, p -> new int[1]);
    count[0] += sign;
    if (count[0] == 0) {
      podsOfPriority.remove(priority);
    }
  }

  private void setNodeColumns(int row, Node node) {
    ImmutableList<Taint> itsTaints = node.spec().taints();
    taints.set(row, itsTaints);
    NodeStatus status = node.status();
    Quantity limit = status.allocatable().get("pods");
    facts.setNode(
        row,
        limit == null ? 0 : limit.value(),
        Boolean.TRUE.equals(node.spec().unschedulable()),
        taintIds.computeIfAbsent(itsTaints, t -> taintIds.size() + 1),
        resources.amounts(status.allocatable()));
    facts.set(RowFacts.KIND, row, -1);
    images.set(row, status.images());
    for (LabelColumn column : labels.values()) {
      setLabel(column, row);
    }
  }

  private void setLabel(LabelColumn column, int row) {
    Node node = nodes[row];
    String value = node == null ? null : node.metadata().labels().get(column.key());
    column.set(row, value == null ? LabelColumn.NONE : column.id(value));
  }

  private int rowFor(String name) {
    Integer known = rowOfName.get(name);
    if (known != null) {
      return known;
    }
    Integer free = freeRows.poll();
    int row = free == null ? rows++ : free;
    if (row >= nodes.length) {
      grow(nodes.length * 2);
    }
    if (row == taints.size()) {
      taints.add(ImmutableList.of());
    }
    names[row] = name;
    rowOfName.put(name, row);
    return row;
  }

  private void freeIfUnused(int row) {
    if (!isNode(row) && podCount(row) == 0 && rowOfName.remove(names[row]) != null) {
      names[row] = "";
      freeRows.add(row);
    }
  }

  private void grow(int capacity) {
    int before = nodes.length;
    nodes = Arrays.copyOf(nodes, capacity);
    names = Arrays.copyOf(names, capacity);
    Arrays.fill(names, before, capacity, "");
    facts.ensureRows(capacity);
    podsWithHostPorts = Arrays.copyOf(podsWithHostPorts, capacity);
    podsOfRow = Arrays.copyOf(podsOfRow, capacity);
    Arrays.fill(podsOfRow, before, capacity, NO_PODS);
    changes.reserve(capacity);
  }
}
