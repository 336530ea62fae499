package io.towtank.scenarios.language;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.Node;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.Note;
import io.towtank.store.admission.NamespaceLifecycle;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a scenario of objects that were taken from a live cluster ({@code kubectl get -o yaml}):
 * those that bear a uid, which only the API server gives. They go on where they were, with their
 * uids, times and statuses. What the files leave out of that cluster would undo them, so it is made
 * good here, and told:
 *
 * <ul>
 *   <li>an owner that is not among them is forgotten, or the garbage collector would delete what it
 *       owned;
 *   <li>a pod on a node that is not among them is scheduled anew;
 *   <li>a namespace that is not among them is made.
 * </ul>
 *
 * <p>The run starts at the latest time that they tell of, unless the scenario says another: ages,
 * deadlines and schedules go on from there.
 */
final class LiveObjects {
  private final Scenario scenario;
  private final Set<Uid> uids = new HashSet<>();
  private final Set<String> nodes = new HashSet<>();
  private final Set<String> namespaces = new HashSet<>(NamespaceLifecycle.SYSTEM_NAMESPACES);
  private final List<ManifestDocument> objects = new ArrayList<>();
  private final Map<String, Told> told = new LinkedHashMap<>();
  private long latestNanos = Timestamps.NONE;

  /** A scenario, and what its author should know of it. */
  record Result(Scenario scenario, ImmutableList<Note> notes) {}

  /** Something that befell several objects of one file. */
  private static final class Told {
    private final ManifestDocument first;
    private final Set<String> names = new LinkedHashSet<>();
    private int count;

    Told(ManifestDocument first) {
      this.first = first;
    }
  }

  private LiveObjects(Scenario scenario) {
    this.scenario = scenario;
  }

  /** Makes good what the files leave out. */
  static Result madeWhole(Scenario scenario) {
    if (scenario.objects().stream().noneMatch(document -> isLive(document.object()))) {
      return new Result(scenario, ImmutableList.of());
    }
    return new LiveObjects(scenario).result();
  }

  /** Whether an object comes from a cluster. */
  static boolean isLive(KubeObject object) {
    return object.metadata().uid() != null;
  }

  private Result result() {
    scenario.cluster().nodes().forEach(this::know);
    scenario.objects().forEach(document -> know(document.object()));
    ImmutableList.Builder<Note> notes = ImmutableList.builder();
    List<ManifestDocument> missing = new ArrayList<>();
    for (ManifestDocument document : scenario.objects()) {
      KubeObject object = document.object();
      String namespace = object.metadata().namespace();
      if (isLive(object) && namespace != null && namespaces.add(namespace)) {
        missing.add(namespace(document, namespace));
        tell("namespace", document, namespace);
      }
      if (isLive(object)) {
        look(document.content().path("metadata"));
        look(document.content().path("status"));
      }
      objects.add(document.withObject(placed(document, owned(document, object))));
    }
    told.forEach((what, of) -> notes.add(note(what.substring(0, what.indexOf(' ')), of)));
    boolean says = scenario.startEpochNanos() != Scenario.DEFAULT_START_NANOS;
    return new Result(
        ScenarioBuilder.builder(scenario)
            .objects(
                ImmutableList.<ManifestDocument>builder().addAll(missing).addAll(objects).build())
            .startEpochNanos(
                says || latestNanos == Timestamps.NONE ? scenario.startEpochNanos() : latestNanos)
            .build(),
        notes.build());
  }

  private void know(KubeObject object) {
    Uid uid = object.metadata().uid();
    if (uid != null) {
      uids.add(uid);
    }
    if (object instanceof Node) {
      nodes.add(object.name());
    }
    if (object instanceof Namespace) {
      namespaces.add(object.name());
    }
  }

  private KubeObject owned(ManifestDocument document, KubeObject object) {
    ImmutableList<OwnerReference> owners = object.metadata().ownerReferences();
    if (owners.stream().allMatch(owner -> uids.contains(owner.uid()))) {
      return object;
    }
    ImmutableList.Builder<OwnerReference> known = ImmutableList.builder();
    for (OwnerReference owner : owners) {
      if (uids.contains(owner.uid())) {
        known.add(owner);
      } else {
        tell("owner", document, owner.kind() + " " + owner.name());
      }
    }
    ObjectMeta meta =
        ObjectMetaBuilder.builder(object.metadata()).ownerReferences(known.build()).build();
    return object.withMetadata(meta);
  }

  private KubeObject placed(ManifestDocument document, KubeObject object) {
    if (!(object instanceof Pod pod)
        || !isLive(pod)
        || pod.nodeName() == null
        || isThere(pod.nodeName())
        || (pod.status().phase() != null && pod.status().phase().isTerminal())) {
      return object;
    }
    tell("node", document, pod.nodeName());
    return PodBuilder.builder(pod)
        .nodeName(null)
        .status(PodStatusBuilder.builder().startTime(Timestamps.NONE).build())
        .build();
  }

  private boolean isThere(String node) {
    if (nodes.contains(node)) {
      return true;
    }
    for (Cluster.Pool pool : scenario.cluster().pools()) {
      if (pool.has(node)
          && Long.parseLong(node.substring(pool.nodes().namePrefix().length()))
              < pool.nodes().count()) {
        return true;
      }
    }
    return false;
  }

  /** A namespace that is there because something in it is. */
  private static ManifestDocument namespace(ManifestDocument document, String name) {
    ObjectNode content = JsonNodeFactory.instance.objectNode();
    content
        .put("apiVersion", "v1")
        .put("kind", "Namespace")
        .putObject("metadata")
        .put("name", name);
    ObjectMeta meta =
        ObjectMetaBuilder.builder()
            .name(name)
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .build();
    return new ManifestDocument(
        document.source(),
        document.position(),
        document.namespacePosition(),
        content,
        new Namespace(meta, 0, null, null, Fields.NONE));
  }

  /** Finds the latest time that is told of. */
  private void look(JsonNode node) {
    for (JsonNode child : node) {
      if (child.isContainerNode()) {
        look(child);
      } else if (child.isTextual() && child.textValue().length() >= 20) {
        Long time = time(child.textValue());
        if (time != null && (latestNanos == Timestamps.NONE || time > latestNanos)) {
          latestNanos = time;
        }
      }
    }
  }

  private static @Nullable Long time(String text) {
    if (text.charAt(4) != '-' || text.charAt(10) != 'T') {
      return null;
    }
    try {
      return Timestamps.toSecond(Timestamps.parse(text));
    } catch (DateTimeParseException | ArithmeticException e) {
      return null;
    }
  }

  private void tell(String what, ManifestDocument document, String name) {
    Told of = told.computeIfAbsent(what + " " + document.source(), key -> new Told(document));
    of.names.add(name);
    of.count++;
  }

  private static Note note(String what, Told told) {
    String names = names(told.names);
    boolean one = told.count == 1;
    String message =
        switch (what) {
          case "owner" ->
              (one ? "an object here is" : told.count + " objects here are")
                  + " owned by what is not among the files ("
                  + names
                  + "): the garbage collector would delete "
                  + (one ? "it, so it is taken" : "them, so they are taken")
                  + " without owner";
          case "node" ->
              (one ? "a pod here is" : told.count + " pods here are")
                  + " on nodes that are not among the files ("
                  + names
                  + ") and "
                  + (one ? "is" : "are")
                  + " scheduled anew; kubectl get nodes -o yaml would tell of the nodes";
          default -> "there is no Namespace for these objects: made " + names;
        };
    return new Note(
        told.first.source(), told.first.position().line(), told.first.position().column(), message);
  }

  private static String names(Set<String> names) {
    StringBuilder text = new StringBuilder();
    int listed = 0;
    for (String name : names) {
      if (listed == 3) {
        return text + " and " + (names.size() - listed) + " more";
      }
      text.append(listed++ == 0 ? "" : ", ").append(name);
    }
    return text.toString();
  }
}
