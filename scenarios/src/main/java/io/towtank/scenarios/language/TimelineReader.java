package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Durations;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.Selector;
import io.towtank.manifest.Cursor;
import io.towtank.node.NodeDrain;
import io.towtank.store.DeleteOptions;
import io.towtank.validation.DidYouMean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code timeline}. */
final class TimelineReader {
  private static final ImmutableList<String> ACTIONS =
      ImmutableList.<String>builder()
          .add(
              "apply",
              "scale",
              "setImage",
              "rolloutUndo",
              "rolloutPause",
              "rolloutResume",
              "rolloutRestart",
              "delete",
              "cordonNodes",
              "uncordonNodes",
              "drainNodes")
          .addAll(FaultReader.NAMES)
          .add("restoreNodes", "deleteNodes", "addNodes")
          .build();
  private static final ImmutableSet<Kind<?>> SCALABLE =
      ImmutableSet.of(Kinds.DEPLOYMENT, Kinds.REPLICA_SET, Kinds.STATEFUL_SET);
  private static final ImmutableSet<Kind<?>> WITH_TEMPLATE =
      ImmutableSet.of(Kinds.DEPLOYMENT, Kinds.REPLICA_SET, Kinds.STATEFUL_SET, Kinds.DAEMON_SET);
  private static final ImmutableSet<Kind<?>> RESTARTABLE =
      ImmutableSet.of(Kinds.DEPLOYMENT, Kinds.STATEFUL_SET, Kinds.DAEMON_SET);
  private static final ImmutableSet<Kind<?>> UNDOABLE = ImmutableSet.of(Kinds.DEPLOYMENT);
  private static final ImmutableSet<Kind<?>> PODS = ImmutableSet.of(Kinds.POD);
  private static final ImmutableSet<Kind<?>> ANY = ImmutableSet.copyOf(Kinds.ALL);
  private static final ImmutableMap<String, DeleteOptions.Propagation> CASCADES =
      ImmutableMap.of(
          "background", DeleteOptions.Propagation.BACKGROUND,
          "foreground", DeleteOptions.Propagation.FOREGROUND,
          "orphan", DeleteOptions.Propagation.ORPHAN);
  private static final int MOST_REPLICAS = 10_000_000;
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");

  private final ManifestSources sources;
  private final References references;
  private final FaultReader faults;

  /** When what is being read happens, for the first time where it is repeated. */
  private long atNanos;

  TimelineReader(ManifestSources sources, References references) {
    this.sources = sources;
    this.references = references;
    this.faults = new FaultReader(this::nodes, what -> target(what, PODS));
  }

  ImmutableList<TimelineEntry> read(Cursor timeline) {
    ImmutableList.Builder<TimelineEntry> entries = ImmutableList.builder();
    for (Cursor entry : timeline.items()) {
      TimelineEntry read = entry(entry);
      if (read != null) {
        entries.add(read);
      }
    }
    return entries.build();
  }

  private @Nullable TimelineEntry entry(Cursor entry) {
    Cursor at = entry.field("at");
    Cursor everyField = entry.field("every");
    long every = Values.duration(everyField, 0L);
    if (everyField.isPresent() && every == 0) {
      everyField.problem("without time between, it would go on for ever at one moment", null);
    }
    if (!at.isPresent() && !everyField.isPresent()) {
      entry.problem("\"at\" is missing", "or \"every\", for what is repeated");
    }
    long first = Values.duration(at, every);
    references.time(at.isPresent() ? at : everyField, first);
    atNanos = first;
    long times = Values.whole(entry.field("times"), 1, Long.MAX_VALUE, Long.MAX_VALUE);
    long until = Values.duration(entry.field("until"), Long.MAX_VALUE);
    for (String bound : new String[] {"times", "until"}) {
      if (entry.field(bound).isPresent() && !everyField.isPresent()) {
        entry.field(bound).problem("this bounds what is repeated, and \"every\" is missing", null);
      }
    }
    if (until < first) {
      entry
          .field("until")
          .problem("this is before the first time, " + Durations.format(first), null);
    }
    String name = entry.field("name").text("");
    for (String action : ACTIONS) {
      entry.field(action);
    }
    entry.rejectUnknownFields();
    String verb = Values.oneOf(entry, ACTIONS.toArray(String[]::new));
    if (verb == null) {
      return null;
    }
    Action action = action(entry.field(verb), verb);
    return new TimelineEntry(name, first, every, times, until, action);
  }

  private Action action(Cursor what, String verb) {
    Action action =
        switch (verb) {
          case "apply" -> new Action.Apply(sources.applied(what));
          case "cordonNodes" -> new Action.CordonNodes(nodes(what), true);
          case "uncordonNodes" -> new Action.CordonNodes(nodes(what), false);
          case "drainNodes" -> new Action.DrainNodes(nodes(what), drainOptions(what));
          case "restoreNodes" -> new Action.RestoreNodes(nodes(what));
          case "deleteNodes" -> new Action.DeleteNodes(nodes(what));
          case "addNodes" -> addNodes(what);
          default ->
              FaultReader.NAMES.contains(verb) ? faults.read(what, verb) : objectAction(what, verb);
        };
    if (action instanceof Action.Apply) {
      return action;
    }
    what.rejectUnknownFields();
    NodeChoice nodes =
        switch (action) {
          case Action.RestoreNodes restore -> null;
          case Action.OfNodes ofNodes -> ofNodes.nodes();
          case Fault.OfNodes ofNodes -> ofNodes.nodes();
          default -> null;
        };
    boolean choosesNone = NodeChoice.ALL.equals(nodes);
    if (choosesNone) {
      what.problem("say which nodes: names, selector, zone or count", "count: 100% is for all");
    }
    return action;
  }

  private static NodeDrain.Options drainOptions(Cursor what) {
    long timeout = Values.duration(what.field("timeout"), Long.MAX_VALUE);
    return new NodeDrain.Options(
        graceSeconds(what),
        timeout == 0 ? Long.MAX_VALUE : timeout,
        what.field("disableEviction").flag(false));
  }

  private Action addNodes(Cursor what) {
    Cursor pool = what.field("pool");
    String name = pool.text(Cluster.DEFAULT_POOL);
    references.pool(pool.isPresent() ? pool : what, name);
    return new Action.AddNodes(
        name, (int) Values.whole(what.required("count"), 1, ClusterReader.MOST_NODES, 1));
  }

  private Action objectAction(Cursor what, String verb) {
    ObjectChoice target =
        target(
            what,
            switch (verb) {
              case "scale" -> SCALABLE;
              case "setImage" -> WITH_TEMPLATE;
              case "rolloutRestart" -> RESTARTABLE;
              case "delete" -> ANY;
              default -> UNDOABLE;
            });
    Action action =
        switch (verb) {
          case "scale" ->
              new Action.Scale(
                  target, (int) Values.whole(what.required("replicas"), 0, MOST_REPLICAS, 0));
          case "setImage" -> setImage(what, target);
          case "rolloutUndo" ->
              new Action.RolloutUndo(
                  target, Values.whole(what.field("toRevision"), 1, Long.MAX_VALUE, 0));
          case "rolloutPause" -> new Action.RolloutPause(target, true);
          case "rolloutResume" -> new Action.RolloutPause(target, false);
          case "rolloutRestart" -> new Action.RolloutRestart(target);
          case "delete" -> new Action.Delete(target, deleteOptions(what));
          default -> throw new IllegalArgumentException(verb);
        };
    return action;
  }

  private Action setImage(Cursor what, ObjectChoice target) {
    String container = what.field("container").text("*");
    if (!container.equals("*")) {
      references.container(what.field("container"), container, target, atNanos);
    }
    return new Action.SetImage(target, container, what.required("image").text(""));
  }

  private static DeleteOptions deleteOptions(Cursor what) {
    String cascade = what.field("cascade").word(CASCADES.keySet(), "background");
    return new DeleteOptions(
        graceSeconds(what),
        CASCADES.getOrDefault(cascade, DeleteOptions.Propagation.BACKGROUND),
        null);
  }

  private static @Nullable Long graceSeconds(Cursor what) {
    Long nanos = Values.parsed(what.field("gracePeriod"), Durations::parse);
    return nanos == null ? null : (Long) (nanos / 1_000_000_000L);
  }

  /** Reads target, namespace and selector. */
  private ObjectChoice target(Cursor what, ImmutableSet<Kind<?>> kinds) {
    Cursor target = what.required("target");
    String text = target.text("");
    int slash = text.indexOf('/');
    String resource = slash < 0 ? text : text.substring(0, slash);
    Kind<?> kind = Kinds.byResource(resource);
    ImmutableList<String> names =
        kinds.stream().map(Kind::plural).collect(ImmutableList.toImmutableList());
    if (kind == null && target.isPresent()) {
      target.problem(
          "there is no kind \"" + resource + "\"; write a target as in deployment/web",
          DidYouMean.advice(resource, names));
    } else if (kind != null && !kinds.contains(kind)) {
      target.problem(
          "this cannot be done to " + kind.plural(), "only to " + String.join(", ", names));
    }
    String name = slash < 0 ? "*" : text.substring(slash + 1);
    Cursor selector = what.field("selector");
    if (target.isPresent() && slash < 0 && !selector.isPresent()) {
      target.problem("say which: " + text + "/NAME, or " + text + "/* for all", null);
    } else if (name.isEmpty()) {
      target.problem("a name is missing after \"" + text + "\"", null);
    }
    Cursor namespace = what.field("namespace");
    boolean namespaced = kind == null || kind.namespaced();
    if (namespace.isPresent() && !namespaced) {
      namespace.problem("these have no namespace", null);
    }
    ObjectChoice choice =
        new ObjectChoice(
            text,
            kind == null ? Kinds.DEPLOYMENT : kind,
            namespaced ? namespace.text("default") : null,
            name,
            Values.parsed(selector, Selector::parse));
    if (kind != null && kinds.contains(kind) && target.isPresent()) {
      references.objects(target, choice, atNanos);
    }
    return choice;
  }

  private NodeChoice nodes(Cursor what) {
    for (Cursor name : what.field("names").items()) {
      references.node(name, name.text(""));
    }
    String zone = what.field("zone").text();
    if (zone != null) {
      references.zone(what.field("zone"), zone);
    }
    return new NodeChoice(
        Values.texts(what.field("names")),
        Values.parsed(what.field("selector"), Selector::parse),
        zone,
        Values.parsed(what.field("count"), TimelineReader::count));
  }

  private static NodeChoice.Count count(String text) {
    if (COUNT.matcher(text).matches()) {
      return new NodeChoice.Count.Nodes(Integer.parseInt(text));
    }
    Double share = Percentage.parse(text);
    if (share != null) {
      return new NodeChoice.Count.Share(share);
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is neither a number of nodes (3) nor a share of them (10%)");
  }
}
