package io.towtank.scenarios.language;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Durations;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.client.RequestChoice;
import io.towtank.client.Verb;
import io.towtank.controllers.Controllers;
import io.towtank.manifest.Cursor;
import io.towtank.store.ApiException;
import io.towtank.validation.DidYouMean;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the faults of a {@code timeline}. */
final class FaultReader {
  /** The fields of a timeline's entry that are faults. */
  static final ImmutableList<String> NAMES =
      ImmutableList.of(
          "failNodes",
          "hangNodes",
          "partitionNodes",
          "slowDisks",
          "skewClocks",
          "failDevices",
          "shutDownNodes",
          "crashContainers",
          "failRegistry",
          "slowApi",
          "failApi",
          "loseWatches",
          "stopComponents");

  /** kube-scheduler. */
  static final String SCHEDULER = "kube-scheduler";

  /** kube-controller-manager, which stands for all controllers. */
  static final String CONTROLLER_MANAGER = "kube-controller-manager";

  private static final String KUBELET = "kubelet";
  private static final ImmutableList<String> PROCESSES =
      ImmutableList.of(SCHEDULER, CONTROLLER_MANAGER);
  private static final ImmutableList<String> WATCHERS =
      ImmutableList.of(SCHEDULER, CONTROLLER_MANAGER, KUBELET);
  private static final ImmutableList<String> CLIENTS =
      ImmutableList.<String>builder().addAll(WATCHERS).addAll(Controllers.ALL.keySet()).build();
  private static final ImmutableMap<String, ApiException.Reason> ERRORS =
      ImmutableMap.of(
          "Conflict", ApiException.Reason.CONFLICT,
          "InternalError", ApiException.Reason.INTERNAL_ERROR,
          "ServerTimeout", ApiException.Reason.SERVER_TIMEOUT,
          "Timeout", ApiException.Reason.TIMEOUT,
          "TooManyRequests", ApiException.Reason.TOO_MANY_REQUESTS);
  private static final ImmutableMap<String, Verb> VERBS = verbs();
  private static final double MOST = 1_000_000;
  // kubelet: no defaults, 0 means that there is no graceful shutdown; these are common choices
  private static final long GRACE_NANOS = 30_000_000_000L;
  private static final long CRITICAL_NANOS = 10_000_000_000L;

  private final Function<Cursor, NodeChoice> nodes;
  private final Function<Cursor, ObjectChoice> pods;

  /**
   * @param nodes reads which nodes are meant
   * @param pods reads which pods are meant
   */
  FaultReader(Function<Cursor, NodeChoice> nodes, Function<Cursor, ObjectChoice> pods) {
    this.nodes = nodes;
    this.pods = pods;
  }

  private static ImmutableMap<String, Verb> verbs() {
    ImmutableMap.Builder<String, Verb> verbs = ImmutableMap.builder();
    for (Verb verb : Verb.values()) {
      verbs.put(verb.name().toLowerCase(Locale.ROOT), verb);
    }
    return verbs.buildOrThrow();
  }

  Fault read(Cursor what, String name) {
    long forNanos = duration(what, "for", Fault.FOR_GOOD);
    return switch (name) {
      case "failNodes" -> new Fault.FailNodes(nodes.apply(what), forNanos);
      case "hangNodes" -> new Fault.HangNodes(nodes.apply(what), forNanos);
      case "partitionNodes" -> new Fault.PartitionNodes(nodes.apply(what), forNanos);
      case "slowDisks" ->
          new Fault.SlowDisks(nodes.apply(what), factor(what.required("factor")), forNanos);
      case "skewClocks" ->
          new Fault.SkewClocks(
              nodes.apply(what),
              Values.parsed(what.required("by"), FaultReader::signed, 1L),
              forNanos);
      case "failDevices" -> failDevices(what, forNanos);
      case "shutDownNodes" -> shutDown(what, forNanos);
      case "crashContainers" -> crash(what, forNanos);
      case "failRegistry" -> new Fault.FailRegistry(Values.texts(what.field("images")), forNanos);
      case "slowApi" -> slowApi(what, forNanos);
      case "failApi" -> failApi(what, forNanos);
      case "loseWatches" ->
          new Fault.LoseWatches(
              named(what.field("components"), WATCHERS), kinds(what.field("kinds")), forNanos);
      case "stopComponents" -> {
        ImmutableSet<String> components = named(what.required("components"), PROCESSES);
        if (what.field("components").isPresent() && what.field("components").items().isEmpty()) {
          what.field("components").problem("say which", String.join(", ", PROCESSES));
        }
        yield new Fault.StopComponents(components, forNanos);
      }
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static long duration(Cursor what, String name, long fallback) {
    Cursor field = what.field(name);
    long nanos = Values.duration(field, fallback);
    if (field.isPresent() && nanos == 0) {
      field.problem("nothing lasts no time at all", "leave it out for what nobody heals");
    }
    return nanos;
  }

  /** A duration with a sign. */
  private static long signed(String text) {
    boolean back = text.startsWith("-");
    boolean sign = back || text.startsWith("+");
    long nanos = Durations.parse(sign ? text.substring(1) : text);
    if (nanos == 0) {
      throw new IllegalArgumentException("a clock that jumps by 0 does not jump");
    }
    return back ? -nanos : nanos;
  }

  private static double factor(Cursor field) {
    double factor = field.number(1);
    if (field.isPresent() && field.node().isNumber() && (factor <= 1 || factor > MOST)) {
      field.problem(
          "a factor is more than 1 and at most 1000000: so many times as long it takes", null);
      return 1;
    }
    return factor;
  }

  private Fault shutDown(Cursor what, long forNanos) {
    Cursor grace = what.field("gracePeriod");
    Cursor critical = what.field("criticalGracePeriod");
    long graceNanos = Values.duration(grace, GRACE_NANOS);
    long criticalNanos = Values.duration(critical, Math.min(CRITICAL_NANOS, graceNanos));
    if (criticalNanos > graceNanos) {
      (critical.isPresent() ? critical : grace)
          .problem(
              "the time of critical pods is part of gracePeriod, which is "
                  + Durations.format(graceNanos),
              null);
    }
    if (graceNanos >= forNanos) {
      what.field("for")
          .problem("the node would boot before it is down, after gracePeriod and 5s", null);
    }
    return new Fault.ShutDownNodes(nodes.apply(what), graceNanos, criticalNanos, forNanos);
  }

  private Fault failDevices(Cursor what, long forNanos) {
    Cursor resource = what.required("resource");
    String name = resource.text("");
    if (resource.isPresent() && name.indexOf('/') < 0) {
      resource.problem(
          "\"" + name + "\" has no devices: name an extended resource, as nvidia.com/gpu", null);
    }
    return new Fault.FailDevices(
        nodes.apply(what),
        name,
        Values.whole(what.field("devices"), 1, Integer.MAX_VALUE, 1),
        forNanos);
  }

  private Fault crash(Cursor what, long forNanos) {
    Cursor rate = what.field("rate");
    double perSecond = Values.parsed(rate, Rate::parsePerSecond, 0.0);
    if (rate.isPresent() && forNanos == Fault.FOR_GOOD && !what.field("for").isPresent()) {
      what.problem("\"for\" is missing", "containers that crash at a rate do it for some time");
    }
    if (!rate.isPresent() && what.field("for").isPresent()) {
      what.field("for").problem("\"rate\" is missing", "without it they crash once");
    }
    return new Fault.CrashContainers(
        pods.apply(what),
        what.field("container").text("*"),
        perSecond,
        (int) Values.whole(what.field("exitCode"), 0, 255, 1),
        forNanos);
  }

  private Fault slowApi(Cursor what, long forNanos) {
    Cursor factor = what.field("factor");
    Cursor delay = what.field("delay");
    if (!factor.isPresent() && !delay.isPresent()) {
      what.problem("say how slow: factor or delay", null);
    }
    return new Fault.SlowApi(
        requests(what),
        factor.isPresent() ? factor(factor) : 1,
        Values.duration(delay, 0L),
        forNanos);
  }

  private Fault failApi(Cursor what, long forNanos) {
    String error = what.field("error").word(ERRORS.keySet(), "InternalError");
    return new Fault.FailApi(
        requests(what),
        Values.parsed(what.required("rate"), FaultReader::share, 0.0),
        ERRORS.getOrDefault(error, ApiException.Reason.INTERNAL_ERROR),
        forNanos);
  }

  private static double share(String text) {
    Double share = Percentage.parse(text);
    if (share == null || share == 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no share of requests: write it as in 20%");
    }
    return share;
  }

  private static RequestChoice requests(Cursor what) {
    Set<String> clients = new LinkedHashSet<>();
    for (String name : named(what.field("components"), CLIENTS)) {
      if (name.equals(CONTROLLER_MANAGER)) {
        clients.addAll(Controllers.ALL.keySet());
      } else {
        clients.add(name);
      }
    }
    Set<Verb> verbs = new LinkedHashSet<>();
    for (String verb : named(what.field("verbs"), VERBS.keySet().asList())) {
      verbs.add(VERBS.getOrDefault(verb, Verb.GET));
    }
    return new RequestChoice(
        ImmutableSet.copyOf(clients), ImmutableSet.copyOf(verbs), kinds(what.field("kinds")));
  }

  /** The names of the list here, each of which is one of some. */
  private static ImmutableSet<String> named(Cursor field, List<String> allowed) {
    ImmutableSet.Builder<String> names = ImmutableSet.builder();
    for (Cursor item : field.items()) {
      String name = item.text();
      if (name == null) {
        continue;
      }
      if (allowed.contains(name)) {
        names.add(name);
      } else {
        item.problem(
            "\"" + name + "\" is none of " + String.join(", ", allowed),
            DidYouMean.advice(name, allowed));
      }
    }
    return names.build();
  }

  private static ImmutableSet<Kind<?>> kinds(Cursor field) {
    ImmutableSet.Builder<Kind<?>> kinds = ImmutableSet.builder();
    for (Cursor item : field.items()) {
      String name = item.text();
      Kind<?> kind = name == null ? null : Kinds.byResource(name);
      if (kind != null) {
        kinds.add(kind);
      } else if (name != null) {
        item.problem("there is no kind \"" + name + "\"", advice(name));
      }
    }
    return kinds.build();
  }

  private static @Nullable String advice(String name) {
    List<String> names = new ArrayList<>();
    Kinds.ALL.forEach(kind -> names.add(kind.plural()));
    return DidYouMean.advice(name, names);
  }
}
