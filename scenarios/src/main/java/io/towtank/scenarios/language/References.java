package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.DaemonSet;
import io.towtank.api.Deployment;
import io.towtank.api.Durations;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.Namespace;
import io.towtank.api.Node;
import io.towtank.api.ObjectKey;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.Service;
import io.towtank.api.ServiceSpec;
import io.towtank.api.StatefulSet;
import io.towtank.manifest.Cursor;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.Problem;
import io.towtank.manifest.Problems;
import io.towtank.node.NodePool;
import io.towtank.scenarios.expression.Expression;
import io.towtank.scenarios.expression.Expressions;
import io.towtank.store.admission.NamespaceLifecycle;
import io.towtank.validation.DidYouMean;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks that what a scenario speaks of is there: Deployments, zones, pools, nodes, times. The
 * checks are made when all of the scenario is read.
 */
final class References {
  private static final String ZONE = "topology.kubernetes.io/zone";
  private static final String METRICS = "metrics.";

  /** Kinds of objects that come from users; of the others, controllers make some. */
  private static final ImmutableSet<Kind<?>> MADE_BY_USERS =
      ImmutableSet.of(
          Kinds.DEPLOYMENT,
          Kinds.STATEFUL_SET,
          Kinds.DAEMON_SET,
          Kinds.CRON_JOB,
          Kinds.SERVICE,
          Kinds.HORIZONTAL_POD_AUTOSCALER,
          Kinds.POD_DISRUPTION_BUDGET);

  private final Problems problems;
  private final List<Consumer<Scenario>> checks = new ArrayList<>();
  private @Nullable Map<ObjectKey, Service> services;

  /** None yet; what is wrong goes to {@code problems}. */
  References(Problems problems) {
    this.problems = problems;
  }

  /** Makes all checks. */
  void check(Scenario scenario) {
    checks.forEach(check -> check.accept(scenario));
    checkNamespacesOfApplied(scenario);
  }

  // Namespaces

  /** Pods come to a namespace. */
  void namespace(Cursor place, String name) {
    checks.add(scenario -> {
      Set<String> names = namespaces(scenario);
      for (TimelineEntry entry : scenario.timeline()) {
        addNamespaces(entry, names);
      }
      if (!names.contains(name)) {
        place.problem("there is no namespace \"" + name + "\"", missingNamespace(name, names));
      }
    });
  }

  /** The namespaces that there are when the run starts. */
  private static Set<String> namespaces(Scenario scenario) {
    Set<String> names = new TreeSet<>(NamespaceLifecycle.SYSTEM_NAMESPACES);
    for (ManifestDocument document : scenario.objects()) {
      if (document.object() instanceof Namespace namespace) {
        names.add(namespace.name());
      }
    }
    return names;
  }

  private static void addNamespaces(TimelineEntry entry, Set<String> names) {
    if (entry.action() instanceof Action.Apply(ImmutableList<ManifestDocument> objects)) {
      for (ManifestDocument document : objects) {
        if (document.object() instanceof Namespace namespace) {
          names.add(namespace.name());
        }
      }
    }
  }

  /** What is applied goes, one after the other, to namespaces that are there by then. */
  private void checkNamespacesOfApplied(Scenario scenario) {
    Set<String> names = namespaces(scenario);
    for (TimelineEntry entry : byTime(scenario)) {
      if (!(entry.action() instanceof Action.Apply(ImmutableList<ManifestDocument> objects))) {
        continue;
      }
      for (ManifestDocument document : objects) {
        String namespace = document.object().metadata().namespace();
        if (document.object() instanceof Namespace made) {
          names.add(made.name());
        } else if (namespace != null && names.add(namespace)) {
          names.remove(namespace);
          problems.add(
              new Problem(
                  document.source(),
                  document.namespacePosition().line(),
                  document.namespacePosition().column(),
                  "metadata.namespace",
                  "namespaces \"" + namespace + "\" not found",
                  missingNamespace(namespace, names)));
        }
      }
    }
  }

  private static String missingNamespace(String name, Set<String> names) {
    String closest = DidYouMean.closest(name, names);
    return closest == null
        ? "add a Namespace \"" + name + "\" to the manifests, or apply it before"
        : "did you mean \"" + closest + "\"?";
  }

  private static List<TimelineEntry> byTime(Scenario scenario) {
    List<TimelineEntry> entries = new ArrayList<>(scenario.timeline());
    entries.sort(Comparator.comparingLong(TimelineEntry::firstNanos));
    return entries;
  }

  // Times

  /** An action happens at a time. */
  void time(Cursor at, long nanos) {
    checks.add(scenario -> {
      if (scenario.end().until() instanceof End.Until.Time(long end) && nanos > end) {
        at.problem(
            "this is after the run's end, " + Durations.format(end) + ", and never comes", null);
      }
    });
  }

  // Objects

  /** An action is about objects that are there at a time. */
  void objects(Cursor target, ObjectChoice choice, long atNanos) {
    if (MADE_BY_USERS.contains(choice.kind())) {
      checks.add(scenario -> {
        List<KubeObject> objects = objects(scenario, choice.kind());
        if (objects.stream().noneMatch(choice::matches)) {
          target.problem(
              "there is no " + choice.text() + whereElse(choice, objects),
              similar(choice.text(), choice.kind(), objects));
        } else if (there(scenario, choice, atNanos).isEmpty()) {
          target.problem(
              "there is no "
                  + choice.text()
                  + " yet at "
                  + Durations.format(atNanos)
                  + ": it is applied at "
                  + Durations.format(firstApplied(scenario, choice)),
              null);
        }
      });
    }
  }

  /** An action is about a container of objects that are there at a time. */
  void container(Cursor place, String container, ObjectChoice choice, long atNanos) {
    if (!MADE_BY_USERS.contains(choice.kind())) {
      return;
    }
    checks.add(scenario -> {
      Set<String> names = new TreeSet<>();
      boolean known = false;
      for (KubeObject object : there(scenario, choice, atNanos).values()) {
        PodTemplateSpec template =
            switch (object) {
              case Deployment deployment -> deployment.spec().template();
              case StatefulSet set -> set.spec().template();
              case DaemonSet set -> set.spec().template();
              default -> null;
            };
        if (template != null) {
          known = true;
          template.spec().initContainers().forEach(one -> names.add(one.name()));
          template.spec().containers().forEach(one -> names.add(one.name()));
        }
      }
      if (known && !names.contains(container)) {
        place.problem(
            choice.text() + " has no container \"" + container + "\"",
            DidYouMean.advice(container, names));
      }
    });
  }

  /** The objects of a choice as they are at a time, as far as files tell. */
  private static Map<ObjectKey, KubeObject> there(
      Scenario scenario, ObjectChoice choice, long atNanos) {
    Map<ObjectKey, KubeObject> there = new LinkedHashMap<>();
    scenario.objects().forEach(document -> put(document.object(), choice, there));
    for (TimelineEntry entry : byTime(scenario)) {
      if (entry.firstNanos() <= atNanos
          && entry.action() instanceof Action.Apply(ImmutableList<ManifestDocument> objects)) {
        objects.forEach(document -> put(document.object(), choice, there));
      }
    }
    return there;
  }

  private static void put(
      KubeObject object, ObjectChoice choice, Map<ObjectKey, KubeObject> objects) {
    if (choice.matches(object)) {
      objects.put(namespaced(object), object);
    }
  }

  private static long firstApplied(Scenario scenario, ObjectChoice choice) {
    for (TimelineEntry entry : byTime(scenario)) {
      if (entry.action() instanceof Action.Apply(ImmutableList<ManifestDocument> objects)
          && objects.stream().anyMatch(document -> choice.matches(document.object()))) {
        return entry.firstNanos();
      }
    }
    throw new IllegalStateException(choice.text() + " is applied nowhere");
  }

  /**
   * Requests come to a service.
   *
   * @param outside whether from outside of the cluster
   */
  void service(Cursor name, ObjectKey service, boolean outside) {
    checks.add(scenario -> {
      Map<ObjectKey, Service> services = services(scenario);
      Service object = services.get(service);
      if (object != null) {
        ServiceSpec spec = object.spec();
        String type = spec == null || spec.type() == null ? "ClusterIP" : spec.type();
        if (outside && !type.equals("NodePort") && !type.equals("LoadBalancer")) {
          name.problem(
              "the type of service " + service + " is " + type + ": from outside nobody reaches it",
              "make it a NodePort or a LoadBalancer, or name the host of an Ingress");
        }
        return;
      }
      name.problem(
          "there is no service " + service,
          DidYouMean.advice(
              service.toString(),
              services.keySet().stream().limit(1000).map(ObjectKey::toString).toList()));
    });
  }

  private Map<ObjectKey, Service> services(Scenario scenario) {
    Map<ObjectKey, Service> known = services;
    if (known == null) {
      known = new LinkedHashMap<>();
      for (KubeObject object : objects(scenario, Kinds.SERVICE)) {
        known.put(namespaced(object), (Service) object);
      }
      services = known;
    }
    return known;
  }

  private static ObjectKey namespaced(KubeObject object) {
    String namespace = object.metadata().namespace();
    return new ObjectKey(namespace == null ? "default" : namespace, object.name());
  }

  private static String whereElse(ObjectChoice choice, List<KubeObject> objects) {
    for (KubeObject object : objects) {
      if (object.name().equals(choice.name())) {
        return " in namespace "
            + choice.namespace()
            + " with the labels that the selector asks for";
      }
    }
    return "";
  }

  /** An expectation is about fields of objects. */
  void fields(Cursor place, Iterable<Expression> expressions) {
    for (Expression expression : expressions) {
      if (expression instanceof Expression.Aggregate aggregate) {
        fields(place, Expressions.in(aggregate.of()));
      }
      if (expression instanceof Expression.Metric(String name) && name.startsWith(METRICS)) {
        metric(place, name.substring(METRICS.length()));
      }
      if (expression instanceof Expression.Field field && MADE_BY_USERS.contains(field.kind())) {
        ObjectChoice choice =
            new ObjectChoice(
                field.kind().name().toLowerCase(Locale.ROOT) + "/" + field.key().name(),
                field.kind(),
                field.key().namespace(),
                field.key().name(),
                null);
        objects(place, choice, Long.MAX_VALUE);
      }
    }
  }

  /** An expectation is about a metric that autoscalers are told. */
  private void metric(Cursor place, String name) {
    checks.add(scenario -> {
      ImmutableSet<String> names = MetricsReader.names(scenario.metrics());
      if (!names.contains(name)) {
        place.problem(
            "under \"metrics\" there is no \"" + name + "\" of an object, or external",
            DidYouMean.advice(name, names));
      }
    });
  }

  private static List<KubeObject> objects(Scenario scenario, Kind<?> kind) {
    List<KubeObject> objects = new ArrayList<>();
    scenario.objects().forEach(document -> objects.add(document.object()));
    for (TimelineEntry entry : scenario.timeline()) {
      if (entry.action() instanceof Action.Apply apply) {
        apply.objects().forEach(document -> objects.add(document.object()));
      }
    }
    objects.removeIf(object -> !object.kind().equals(kind));
    return objects;
  }

  private static @Nullable String similar(String text, Kind<?> kind, List<KubeObject> objects) {
    String resource =
        text.indexOf('/') < 0
            ? kind.name().toLowerCase(Locale.ROOT)
            : text.substring(0, text.indexOf('/'));
    return DidYouMean.advice(
        text, objects.stream().limit(1000).map(object -> resource + "/" + object.name()).toList());
  }

  /** An action is about the nodes of a zone. */
  void zone(Cursor place, String zone) {
    checks.add(scenario -> {
      Set<String> zones = new TreeSet<>();
      for (Cluster.Pool pool : scenario.cluster().pools()) {
        zones.addAll(pool.nodes().zones());
      }
      for (Node node : nodes(scenario)) {
        String of = node.metadata().labels().get(ZONE);
        if (of != null) {
          zones.add(of);
        }
      }
      if (!zones.contains(zone)) {
        place.problem("no node is in zone \"" + zone + "\"", DidYouMean.advice(zone, zones));
      }
    });
  }

  /** An action is about a node of a name. */
  void node(Cursor place, String name) {
    checks.add(scenario -> {
      for (Cluster.Pool pool : scenario.cluster().pools()) {
        NodePool nodes = pool.nodes();
        if (name.startsWith(nodes.namePrefix())
            && name.substring(nodes.namePrefix().length()).matches("[0-9]{5,9}")
            && (number(name, nodes) < nodes.count() || grows(scenario, pool.name()))) {
          return;
        }
      }
      if (nodes(scenario).stream().noneMatch(node -> node.name().equals(name))) {
        place.problem(
            "there is no node \"" + name + "\"",
            scenario.cluster().pools().isEmpty()
                ? null
                : "nodes are called " + scenario.cluster().pools().get(0).nodes().name(0) + " …");
      }
    });
  }

  /** The nodes that come as objects, at the start or later. */
  private static List<Node> nodes(Scenario scenario) {
    List<Node> nodes = new ArrayList<>(scenario.cluster().nodes());
    objects(scenario, Kinds.NODE).forEach(object -> nodes.add((Node) object));
    return nodes;
  }

  private static int number(String name, NodePool nodes) {
    return Integer.parseInt(name.substring(nodes.namePrefix().length()));
  }

  private static boolean grows(Scenario scenario, String pool) {
    return scenario.timeline().stream()
        .anyMatch(
            entry -> entry.action() instanceof Action.AddNodes add && add.pool().equals(pool));
  }

  /** An action is about a pool. */
  void pool(Cursor place, String name) {
    checks.add(scenario -> {
      List<String> pools = scenario.cluster().pools().stream().map(Cluster.Pool::name).toList();
      if (!pools.contains(name)) {
        place.problem("there is no pool \"" + name + "\"", DidYouMean.advice(name, pools));
      }
    });
  }
}
