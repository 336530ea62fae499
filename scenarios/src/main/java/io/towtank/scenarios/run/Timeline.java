package io.towtank.scenarios.run;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Container;
import io.towtank.api.ContainerBuilder;
import io.towtank.api.DaemonSet;
import io.towtank.api.DaemonSetSpecBuilder;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.Durations;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.PodTemplateSpecBuilder;
import io.towtank.api.ReplicaSet;
import io.towtank.api.ReplicaSetSpecBuilder;
import io.towtank.api.Scalable;
import io.towtank.api.StatefulSet;
import io.towtank.api.StatefulSetSpecBuilder;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.client.RequestChoice;
import io.towtank.controllers.deployment.Rollback;
import io.towtank.manifest.ManifestDocument;
import io.towtank.node.HollowKubelets;
import io.towtank.node.NodeDrain;
import io.towtank.node.NodeFaults;
import io.towtank.scenarios.language.Action;
import io.towtank.scenarios.language.Fault;
import io.towtank.scenarios.language.NodeChoice;
import io.towtank.scenarios.language.ObjectChoice;
import io.towtank.scenarios.language.TimelineEntry;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Does what a scenario's timeline says, as somebody with kubectl would: through a client of its
 * own.
 */
final class Timeline {
  private static final String ZONE = "topology.kubernetes.io/zone";
  // kubectl rollout restart
  private static final String RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

  private final Simulation simulation;
  private final ApiStore store;
  private final ApiClient client;
  private final HollowKubelets kubelets;
  private final NodeFaults faults;
  private final NodePools pools;
  private final Applying applying;
  private final FaultInjection injection;
  private final List<Deed> records = new ArrayList<>();
  private final List<Trouble> troubles = new ArrayList<>();

  /** A fault, from its beginning to its end. */
  private static final class Trouble {
    private final FaultSpan begun;
    private final Set<String> downNodes;
    private long untilNanos = Fault.FOR_GOOD;

    /**
     * @param downNodes which are down for as long as it lasts, until somebody restores them
     */
    Trouble(FaultSpan begun, ImmutableList<String> downNodes) {
      this.begun = begun;
      this.downNodes = new HashSet<>(downNodes);
    }

    void end(long nanos) {
      untilNanos = Math.min(untilNanos, nanos);
    }

    FaultSpan span() {
      return new FaultSpan(begun.fromNanos(), untilNanos, begun.name(), begun.what());
    }
  }

  /** What became of one action, of which answers may still be on their way. */
  private static final class Deed {
    private final long atNanos;
    private final String name;
    private final String what;
    private String problem = "";
    private @Nullable NodeDrain drain;
    private long crashes;

    Deed(long atNanos, String name, String what) {
      this.atNanos = atNanos;
      this.name = name;
      this.what = what;
    }

    TimelineOutcome outcome() {
      String more = drain == null ? "" : words(drain);
      if (crashes > 0) {
        more = String.format(Locale.ROOT, ": %,d died", crashes);
      }
      return new TimelineOutcome(
          atNanos, name, what + more, drain == null ? problem : drain.problem());
    }

    void problem(@Nullable ApiException error) {
      if (error != null && problem.isEmpty()) {
        problem = String.valueOf(error.getMessage());
      }
    }
  }

  Timeline(
      Simulation simulation,
      ApiStore store,
      ApiClient client,
      HollowKubelets kubelets,
      NodePools pools,
      Applying applying,
      FaultInjection injection) {
    this.injection = injection;
    this.simulation = simulation;
    this.store = store;
    this.client = client;
    this.kubelets = kubelets;
    this.faults = new NodeFaults(kubelets, client);
    this.pools = pools;
    this.applying = applying;
  }

  /** Has all entries happen at their times. */
  void schedule(ImmutableList<TimelineEntry> entries) {
    for (int i = 0; i < entries.size(); i++) {
      RandomStream random = simulation.random("timeline/" + i);
      scheduleNext(entries.get(i), entries.get(i).firstNanos(), 1, random);
    }
  }

  private void scheduleNext(TimelineEntry entry, long atNanos, long time, RandomStream random) {
    if (time > entry.times() || atNanos > entry.untilNanos()) {
      return;
    }
    Runnable event =
        () -> {
          act(entry, random);
          if (entry.everyNanos() > 0) {
            scheduleNext(entry, atNanos + entry.everyNanos(), time + 1, random);
          }
        };
    if (entry.endless()) {
      simulation.scheduleBackground(atNanos - simulation.nanos(), event);
    } else {
      simulation.schedule(atNanos - simulation.nanos(), event);
    }
  }

  /** What was done so far, in the order of time. */
  ImmutableList<TimelineOutcome> outcomes() {
    return records.stream().map(Deed::outcome).collect(ImmutableList.toImmutableList());
  }

  /** The faults so far, in the order in which they began; not those that are over at once. */
  ImmutableList<FaultSpan> faults() {
    return troubles.stream().map(Trouble::span).collect(ImmutableList.toImmutableList());
  }

  private void act(TimelineEntry entry, RandomStream random) {
    switch (entry.action()) {
      case Action.Apply(ImmutableList<ManifestDocument> objects) -> {
        Deed record = record(entry, "apply " + objects(objects.size()));
        applyFrom(objects, 0, record);
      }
      case Action.OfObjects action -> actOnObjects(entry, action);
      case Fault fault -> begin(entry, fault, random);
      case Action.OfNodes action -> actOnNodes(entry, action, random);
      case Action.AddNodes(String pool, int count) -> {
        record(entry, "add " + nodes(count) + " to " + pool);
        pools.add(pool, count);
      }
    }
  }

  /** One after the other is answered, as kubectl does: a namespace is there before its objects. */
  private void applyFrom(ImmutableList<ManifestDocument> objects, int index, Deed record) {
    if (index < objects.size()) {
      applying.apply(
          objects.get(index),
          error -> {
            record.problem(error);
            applyFrom(objects, index + 1, record);
          });
    }
  }

  private Deed record(TimelineEntry entry, String what) {
    Deed record = new Deed(simulation.nanos(), entry.name(), what);
    records.add(record);
    return record;
  }

  // Objects

  private void actOnObjects(TimelineEntry entry, Action.OfObjects action) {
    ObjectChoice target = action.target();
    List<ObjectKey> keys = new ArrayList<>();
    for (KubeObject object : store.list(target.kind())) {
      if (target.matches(object)) {
        keys.add(ObjectKey.of(object));
      }
    }
    Deed record = record(entry, words(action) + (target.single() ? "" : " (" + keys.size() + ")"));
    if (keys.isEmpty()) {
      record.problem = "there is no " + target.text();
    }
    for (ObjectKey key : keys) {
      act(action, target.kind(), key, record);
    }
  }

  private void act(Action.OfObjects action, Kind<?> kind, ObjectKey key, Deed record) {
    switch (action) {
      case Action.Scale scale ->
          patch(kind, key, object -> scaled(object, scale.replicas()), record);
      case Action.SetImage image ->
          patch(
              kind,
              key,
              object ->
                  withTemplate(
                      object, template -> withImage(template, image.container(), image.image())),
              record);
      case Action.RolloutUndo undo ->
          patch(kind, key, object -> undone(object, undo.toRevision()), record);
      case Action.RolloutPause pause ->
          patch(kind, key, object -> paused(object, pause.paused()), record);
      case Action.RolloutRestart restart -> {
        String now = Timestamps.format(simulation.epochNanos());
        patch(
            kind,
            key,
            object -> withTemplate(object, template -> annotated(template, RESTARTED_AT, now)),
            record);
      }
      case Action.Delete delete ->
          client.delete(kind, key, delete.options(), (object, error) -> record.problem(error));
    }
  }

  private <T extends KubeObject> void patch(
      Kind<T> kind, ObjectKey key, UnaryOperator<KubeObject> change, Deed record) {
    client.patch(
        kind,
        key,
        object -> kind.type().cast(change.apply(object)),
        (object, error) -> record.problem(error));
  }

  private static KubeObject scaled(KubeObject object, int replicas) {
    if (object instanceof Scalable scalable) {
      return scalable.withReplicas(replicas);
    }
    throw notPossible(object);
  }

  private static KubeObject paused(KubeObject object, boolean paused) {
    return object instanceof Deployment deployment
        ? deployment.withSpec(
            DeploymentSpecBuilder.builder(deployment.spec()).paused(paused ? true : null).build())
        : object;
  }

  private KubeObject undone(KubeObject object, long toRevision) {
    if (!(object instanceof Deployment deployment)) {
      return object;
    }
    List<ReplicaSet> sets = new ArrayList<>();
    for (ReplicaSet set : store.list(Kinds.REPLICA_SET)) {
      if (String.valueOf(deployment.metadata().namespace()).equals(set.metadata().namespace())) {
        sets.add(set);
      }
    }
    try {
      return Rollback.undo(deployment, sets, toRevision);
    } catch (IllegalArgumentException e) {
      throw new ApiException(ApiException.Reason.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
  }

  private static KubeObject withTemplate(KubeObject object, UnaryOperator<PodTemplateSpec> change) {
    return switch (object) {
      case Deployment deployment ->
          deployment.withSpec(
              DeploymentSpecBuilder.builder(deployment.spec())
                  .template(change.apply(deployment.spec().template()))
                  .build());
      case StatefulSet set ->
          set.withSpec(
              StatefulSetSpecBuilder.builder(set.spec())
                  .template(change.apply(set.spec().template()))
                  .build());
      case DaemonSet set ->
          set.withSpec(
              DaemonSetSpecBuilder.builder(set.spec())
                  .template(change.apply(set.spec().template()))
                  .build());
      case ReplicaSet set -> {
        PodTemplateSpec template = set.spec().template();
        yield template == null
            ? set
            : set.withSpec(
                ReplicaSetSpecBuilder.builder(set.spec()).template(change.apply(template)).build());
      }
      default -> throw notPossible(object);
    };
  }

  /** kubectl: set image, which looks among both kinds of containers. */
  private static PodTemplateSpec withImage(
      PodTemplateSpec template, String container, String image) {
    PodSpec spec = template.spec();
    if (!container.equals("*")
        && spec.initContainers().stream().noneMatch(one -> one.name().equals(container))
        && spec.containers().stream().noneMatch(one -> one.name().equals(container))) {
      throw new ApiException(
          ApiException.Reason.BAD_REQUEST, "unable to find container named \"" + container + "\"");
    }
    return PodTemplateSpecBuilder.builder(template)
        .spec(
            PodSpecBuilder.builder(spec)
                .initContainers(withImage(spec.initContainers(), container, image))
                .containers(withImage(spec.containers(), container, image))
                .build())
        .build();
  }

  private static ImmutableList<Container> withImage(
      ImmutableList<Container> containers, String name, String image) {
    return containers.stream()
        .map(one ->
            name.equals("*") || name.equals(one.name())
                ? ContainerBuilder.builder(one).image(image).build()
                : one)
        .collect(ImmutableList.toImmutableList());
  }

  private static PodTemplateSpec annotated(PodTemplateSpec template, String name, String value) {
    Map<String, String> annotations = new TreeMap<>(template.metadata().annotations());
    annotations.put(name, value);
    return PodTemplateSpecBuilder.builder(template)
        .metadata(
            ObjectMetaBuilder.builder(template.metadata())
                .annotations(ImmutableMap.copyOf(annotations))
                .build())
        .build();
  }

  private static IllegalStateException notPossible(KubeObject object) {
    return new IllegalStateException("the reader let a " + object.kind() + " through");
  }

  // Nodes

  private void actOnNodes(TimelineEntry entry, Action.OfNodes action, RandomStream random) {
    ImmutableList<String> names =
        choose(
            action.nodes(),
            node ->
                switch (action) {
                  case Action.RestoreNodes restore -> !kubelets.isAlive(node.name());
                  case Action.CordonNodes cordon ->
                      Boolean.TRUE.equals(node.spec().unschedulable()) != cordon.unschedulable();
                  case Action.DrainNodes drain -> true;
                  case Action.DeleteNodes delete -> true;
                },
            random);
    Deed record = record(entry, words(action, names));
    if (names.isEmpty()) {
      record.problem = "there is no such node";
    }
    switch (action) {
      case Action.CordonNodes(NodeChoice nodes, boolean unschedulable) -> {
        if (unschedulable) {
          faults.cordon(names);
        } else {
          faults.uncordon(names);
        }
      }
      case Action.DrainNodes drain -> {
        NodeDrain draining = new NodeDrain(simulation, client, store, names, drain.options());
        record.drain = draining;
        draining.start();
      }
      case Action.RestoreNodes restore -> {
        faults.restore(names);
        for (Trouble trouble : troubles) {
          if (trouble.downNodes.removeAll(names) && trouble.downNodes.isEmpty()) {
            trouble.end(simulation.nanos());
          }
        }
      }
      case Action.DeleteNodes delete -> faults.delete(names);
    }
  }

  /** The nodes that are meant, of those to which it applies. */
  private ImmutableList<String> choose(
      NodeChoice choice, Predicate<Node> applies, RandomStream random) {
    List<String> names = new ArrayList<>();
    for (Node node : store.list(Kinds.NODE)) {
      boolean meant =
          (choice.names().isEmpty() || choice.names().contains(node.name()))
              && (choice.selector() == null || choice.selector().matches(node.metadata().labels()))
              && (choice.zone() == null
                  || choice.zone().equals(node.metadata().labels().get(ZONE)));
      if (meant && applies.test(node)) {
        names.add(node.name());
      }
    }
    if (choice.count() == null) {
      return ImmutableList.copyOf(names);
    }
    int count = choice.count().of(names.size());
    for (int i = 0; i < count; i++) {
      int other = i + random.nextInt(names.size() - i);
      String drawn = names.get(other);
      names.set(other, names.get(i));
      names.set(i, drawn);
    }
    return ImmutableList.sortedCopyOf(names.subList(0, count));
  }

  // Faults

  private void begin(TimelineEntry entry, Fault fault, RandomStream random) {
    ImmutableList<String> nodes = ImmutableList.of();
    String problem = "";
    if (fault instanceof Fault.OfNodes ofNodes) {
      boolean ofRunning = fault instanceof Fault.FailNodes || fault instanceof Fault.ShutDownNodes;
      nodes = choose(ofNodes.nodes(), node -> !ofRunning || kubelets.isAlive(node.name()), random);
      problem = nodes.isEmpty() ? "there is no such node" : "";
    } else if (fault instanceof Fault.CrashContainers crash
        && crash.perSecond() == 0
        && store.list(Kinds.POD).stream().noneMatch(crash.pods()::matches)) {
      problem = "there is no " + crash.pods().text();
    }
    String what = fault instanceof Fault.OfNodes ofNodes ? words(ofNodes, nodes) : words(fault);
    boolean healed = fault.forNanos() != Fault.FOR_GOOD;
    Deed record =
        record(entry, what + (healed ? " for " + Durations.format(fault.forNanos()) : ""));
    record.problem = problem;
    Runnable heal = injection.begin(fault, nodes, random, crashes -> record.crashes += crashes);
    boolean down = fault instanceof Fault.FailNodes || fault instanceof Fault.ShutDownNodes;
    Trouble trouble =
        new Trouble(
            new FaultSpan(simulation.nanos(), Fault.FOR_GOOD, entry.name(), what),
            down ? nodes : ImmutableList.of());
    boolean atOnce = fault instanceof Fault.CrashContainers crash && crash.perSecond() == 0;
    if (problem.isEmpty() && !atOnce) {
      troubles.add(trouble);
    }
    if (healed) {
      simulation.schedule(
          fault.forNanos(),
          () -> {
            record(entry, "over: " + what);
            trouble.end(simulation.nanos());
            heal.run();
          });
    }
  }

  private static String words(Fault fault) {
    return switch (fault) {
      case Fault.OfNodes nodes -> throw new IllegalArgumentException("nodes are named");
      case Fault.CrashContainers crash -> "crash containers of " + crash.pods().text();
      case Fault.FailRegistry(ImmutableList<String> images, long forNanos) ->
          "image registry down" + (images.isEmpty() ? "" : " for " + String.join(", ", images));
      case Fault.SlowApi slow ->
          "API server "
              + (slow.factor() == 1
                  ? "slower by " + Durations.format(slow.delayNanos())
                  : number(slow.factor())
                      + " times as slow"
                      + (slow.delayNanos() == 0
                          ? ""
                          : ", and " + Durations.format(slow.delayNanos()) + " more"))
              + words(slow.requests());
      case Fault.FailApi fail ->
          "API server refuses "
              + number(100 * fail.share())
              + "% with "
              + fail.reason()
              + words(fail.requests());
      case Fault.LoseWatches lose ->
          "watches lost"
              + (lose.components().isEmpty() ? "" : " of " + String.join(", ", lose.components()))
              + (lose.kinds().isEmpty() ? "" : " for " + plurals(lose.kinds()));
      case Fault.StopComponents stop -> String.join(", ", stop.components()) + " down";
    };
  }

  private static String words(RequestChoice requests) {
    List<String> parts = new ArrayList<>();
    if (requests.clients().size() > 5) {
      parts.add(requests.clients().size() + " components");
    } else if (!requests.clients().isEmpty()) {
      parts.add(String.join(", ", requests.clients()));
    }
    if (!requests.verbs().isEmpty()) {
      parts.add(
          requests.verbs().stream()
              .map(verb -> verb.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", ")));
    }
    if (!requests.kinds().isEmpty()) {
      parts.add(plurals(requests.kinds()));
    }
    return parts.isEmpty() ? "" : " (" + String.join("; ", parts) + ")";
  }

  private static String plurals(ImmutableSet<Kind<?>> kinds) {
    return kinds.stream().map(Kind::plural).collect(Collectors.joining(", "));
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.valueOf(value);
  }

  private static String words(NodeDrain drain) {
    String refusals =
        drain.refusals() == 0
            ? ""
            : String.format(Locale.ROOT, ", %,d evictions refused", drain.refusals());
    return String.format(Locale.ROOT, ": %,d evicted", drain.evicted())
        + (drain.tookNanos() < 0 ? "" : " in " + Durations.format(drain.tookNanos()))
        + refusals;
  }

  // Words

  private static String words(Action.OfObjects action) {
    String target = action.target().text();
    return switch (action) {
      case Action.Scale scale -> "scale " + target + " to " + scale.replicas();
      case Action.SetImage image -> "set image of " + target + " to " + image.image();
      case Action.RolloutUndo undo ->
          "undo roll-out of "
              + target
              + (undo.toRevision() == 0 ? "" : " to revision " + undo.toRevision());
      case Action.RolloutPause pause -> (pause.paused() ? "pause " : "resume ") + target;
      case Action.RolloutRestart restart -> "restart " + target;
      case Action.Delete delete -> "delete " + target;
    };
  }

  private static String words(Action.OfNodes action, ImmutableList<String> names) {
    String verb =
        switch (action) {
          case Action.CordonNodes cordon -> cordon.unschedulable() ? "cordon " : "uncordon ";
          case Action.DrainNodes drain -> "drain ";
          case Action.RestoreNodes restore -> "restore ";
          case Action.DeleteNodes delete -> "delete ";
        };
    return verb + (names.size() == 1 ? names.get(0) : nodes(names.size()));
  }

  private static String words(Fault.OfNodes fault, ImmutableList<String> names) {
    String verb =
        switch (fault) {
          case Fault.FailNodes fail -> "fail ";
          case Fault.HangNodes hang -> "hang kubelets of ";
          case Fault.PartitionNodes partition -> "part from the API ";
          case Fault.SlowDisks slow -> "slow disks by " + number(slow.factor()) + " of ";
          case Fault.SkewClocks skew ->
              "set clocks "
                  + (skew.byNanos() < 0 ? "back" : "forward")
                  + " by "
                  + Durations.format(Math.abs(skew.byNanos()))
                  + " of ";
          case Fault.FailDevices fail -> "break " + fail.devices() + " " + fail.resource() + " of ";
          case Fault.ShutDownNodes shutDown -> "shut down ";
        };
    return verb + (names.size() == 1 ? names.get(0) : nodes(names.size()));
  }

  private static String nodes(int count) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? "node" : "nodes");
  }

  private static String objects(int count) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? "object" : "objects");
  }
}
