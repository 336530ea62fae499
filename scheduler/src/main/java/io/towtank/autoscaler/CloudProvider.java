package io.towtank.autoscaler;

import com.google.common.collect.ImmutableList;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A cloud with node groups (cluster-autoscaler: cloudprovider.CloudProvider): it takes requests for
 * more machines, which come after a while, and gives machines back. A machine is paid for from the
 * request on until it is given back.
 */
public final class CloudProvider {
  /** The name under which its random numbers are drawn. */
  public static final String NAME = "cloud-provider";

  private static final double HOUR_NANOS = 3600e9;

  /** How a machine is doing. */
  public enum State {
    /** It was asked for and is not there yet. */
    CREATING,
    /** Its node has joined. */
    RUNNING
  }

  /**
   * A machine.
   *
   * @param requestedNanos when it was asked for, nanoseconds since the start
   */
  public record Machine(String name, State state, long requestedNanos) {}

  /**
   * A group's size from some time on.
   *
   * @param atNanos nanoseconds since the start
   * @param machines how many are paid for
   * @param running how many have joined
   */
  public record Size(long atNanos, NodeGroup group, int machines, int running) {}

  /**
   * What a group came to.
   *
   * @param added how many machines joined after the start
   * @param removed how many were given back
   * @param lost how many were asked for and never came
   * @param nodeHours how long machines were paid for
   * @param peak the most machines at one time
   */
  public record Use(
      NodeGroup group, int machines, int added, int removed, int lost, double nodeHours, int peak) {
    /** What that cost. */
    public double cost() {
      return nodeHours * group.pricePerHour();
    }
  }

  private static final class Group {
    private final NodeGroup group;
    private final Map<String, Machine> machines = new LinkedHashMap<>();
    private final Map<String, Long> timers = new LinkedHashMap<>();
    private int running;
    private int added;
    private int removed;
    private int lost;
    private int peak;
    private double machineNanos;
    private long paidUntilNanos;

    Group(NodeGroup group) {
      this.group = group;
    }
  }

  private final Simulation simulation;
  private final RandomGenerator random;
  private final Machines machines;
  private final Map<String, Group> groups = new LinkedHashMap<>();
  private final Map<String, Group> groupOfMachine = new LinkedHashMap<>();
  private final List<Size> sizes = new ArrayList<>();

  /** A cloud that has no machines yet. */
  public CloudProvider(Simulation simulation, List<NodeGroup> nodeGroups, Machines machines) {
    this.simulation = simulation;
    this.random = simulation.random(NAME);
    this.machines = machines;
    nodeGroups.forEach(group -> groups.put(group.name(), new Group(group)));
  }

  /** The node groups. */
  public ImmutableList<NodeGroup> nodeGroups() {
    return groups.values().stream()
        .map(group -> group.group)
        .collect(ImmutableList.toImmutableList());
  }

  /** The group that a node is of, null where it is of none. */
  public @Nullable NodeGroup groupOf(String node) {
    Group group = groupOfMachine.get(node);
    return group == null ? null : group.group;
  }

  /** How many machines a group has or will have. */
  public int targetSize(NodeGroup group) {
    return of(group).machines.size();
  }

  /** A group's machines, in the order in which they were asked for. */
  public ImmutableList<Machine> machines(NodeGroup group) {
    return ImmutableList.copyOf(of(group).machines.values());
  }

  Machines maker() {
    return machines;
  }

  /** A node of a group that is there from the start. */
  public void adopt(NodeGroup nodeGroup, String node) {
    Group group = of(nodeGroup);
    put(group, new Machine(node, State.RUNNING, simulation.nanos()));
    group.running++;
    changed(group);
  }

  /** Asks for more machines. */
  public void increaseSize(NodeGroup nodeGroup, int count) {
    Group group = of(nodeGroup);
    for (int i = 0; i < count; i++) {
      String name = machines.reserve(nodeGroup);
      boolean comes = group.machines.size() < nodeGroup.stock();
      put(group, new Machine(name, State.CREATING, simulation.nanos()));
      long delay = nodeGroup.provisioning().sampleNanos(random);
      if (comes) {
        group.timers.put(name, simulation.schedule(delay, () -> joined(group, name)));
      }
    }
    changed(group);
  }

  private void put(Group group, Machine machine) {
    pay(group);
    group.machines.put(machine.name, machine);
    groupOfMachine.put(machine.name, group);
    group.peak = Math.max(group.peak, group.machines.size());
  }

  private void joined(Group group, String name) {
    group.timers.remove(name);
    Machine machine = Objects.requireNonNull(group.machines.get(name));
    group.machines.put(name, new Machine(name, State.RUNNING, machine.requestedNanos));
    group.running++;
    group.added++;
    changed(group);
    machines.start(group.group, name);
  }

  /** Gives a machine back, or takes back the request for one. */
  public void delete(String name) {
    Group group = groupOfMachine.get(name);
    if (group == null) {
      return;
    }
    boolean running = Objects.requireNonNull(group.machines.get(name)).state == State.RUNNING;
    forget(group, name);
    if (running) {
      group.removed++;
      machines.stop(name);
    } else {
      group.lost++;
    }
  }

  /** Somebody else has deleted a node: its machine is none of the group's any more. */
  void gone(String name) {
    Group group = groupOfMachine.get(name);
    if (group != null) {
      group.removed++;
      forget(group, name);
    }
  }

  private void forget(Group group, String name) {
    pay(group);
    Machine machine = Objects.requireNonNull(group.machines.remove(name));
    groupOfMachine.remove(name);
    group.running -= machine.state == State.RUNNING ? 1 : 0;
    Long timer = group.timers.remove(name);
    if (timer != null) {
      simulation.cancel(timer);
    }
    changed(group);
  }

  private void pay(Group group) {
    long now = simulation.nanos();
    group.machineNanos += (double) (now - group.paidUntilNanos) * group.machines.size();
    group.paidUntilNanos = now;
  }

  private void changed(Group group) {
    long now = simulation.nanos();
    Size size = new Size(now, group.group, group.machines.size(), group.running);
    // Of what happens at one moment the outcome counts.
    for (int i = sizes.size() - 1; i >= 0 && sizes.get(i).atNanos == now; i--) {
      if (sizes.get(i).group.equals(group.group)) {
        sizes.set(i, size);
        return;
      }
    }
    sizes.add(size);
  }

  /** The sizes of all groups over time, in the order of their changes. */
  public ImmutableList<Size> sizes() {
    return ImmutableList.copyOf(sizes);
  }

  /** What each group came to until now. */
  public ImmutableList<Use> use() {
    ImmutableList.Builder<Use> uses = ImmutableList.builder();
    for (Group group : groups.values()) {
      pay(group);
      uses.add(
          new Use(
              group.group,
              group.machines.size(),
              group.added,
              group.removed,
              group.lost,
              group.machineNanos / HOUR_NANOS,
              group.peak));
    }
    return uses.build();
  }

  private Group of(NodeGroup group) {
    return Objects.requireNonNull(groups.get(group.name()), group.name());
  }
}
