package io.towtank.scenarios.run;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Kind;
import io.towtank.client.InformerFactory;
import io.towtank.component.Component;
import io.towtank.store.ApiStore;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a cluster's control plane and of its nodes, by the names under which faults know
 * them: each has informers of its own and one component or several. One that is stopped loses all
 * that it knows and had in mind, what it had sent and was not committed yet included; when it is
 * started again, new components begin with caches that they list.
 */
final class ControlPlane {
  /** One start of a process: what its components are made with. */
  record Start(Simulation simulation, InformerFactory informers, int number) {}

  /** A process, with what runs of it now. */
  private static final class ControlProcess {
    private final boolean restarts;
    private final Function<Start, List<Component>> components;
    private Simulation simulation;
    private @Nullable InformerFactory informers;
    private int starts;
    private int stops;

    ControlProcess(
        boolean restarts, Simulation simulation, Function<Start, List<Component>> components) {
      this.restarts = restarts;
      this.simulation = simulation;
      this.components = components;
    }
  }

  private final Simulation simulation;
  private final ApiStore store;
  private final long watchDelayNanos;
  private final Map<String, ControlProcess> processes = new LinkedHashMap<>();
  private final Map<String, List<Component>> made = new LinkedHashMap<>();

  ControlPlane(Simulation simulation, ApiStore store, long watchDelayNanos) {
    this.simulation = simulation;
    this.store = store;
    this.watchDelayNanos = watchDelayNanos;
  }

  /**
   * Adds a process and makes its components, which do nothing yet.
   *
   * @param restarts whether it may ever be stopped; one that may not costs nothing more
   */
  void add(String name, boolean restarts, Function<Start, List<Component>> components) {
    ControlProcess process = new ControlProcess(restarts, simulation, components);
    processes.put(name, process);
    made.put(name, make(process));
  }

  private List<Component> make(ControlProcess process) {
    process.simulation = process.restarts ? simulation.process() : simulation;
    InformerFactory informers = new InformerFactory(store, watchDelayNanos);
    process.informers = informers;
    process.starts++;
    return process.components.apply(new Start(process.simulation, informers, process.starts));
  }

  /** Starts all components, then all informers: in the order in which they were added. */
  void start() {
    made.values().forEach(components -> components.forEach(Component::start));
    made.clear();
    for (ControlProcess process : processes.values()) {
      if (process.informers != null) {
        process.informers.start();
      }
    }
  }

  /** Kills processes. Who is down already stays so until it is brought back as often. */
  void stop(ImmutableSet<String> names) {
    each(
        names,
        process -> {
          if (process.stops++ == 0) {
            process.simulation.endProcess();
            if (process.informers != null) {
              process.informers.stop();
            }
            process.informers = null;
          }
        });
  }

  /** Starts processes again. */
  void restart(ImmutableSet<String> names) {
    each(
        names,
        process -> {
          if (--process.stops == 0) {
            List<Component> components = new ArrayList<>(make(process));
            components.forEach(Component::start);
            if (process.informers != null) {
              process.informers.start();
            }
          }
        });
  }

  /** Has processes lose their watches. */
  void loseWatches(ImmutableSet<String> names, ImmutableSet<Kind<?>> kinds) {
    each(
        names,
        process -> {
          if (process.informers != null) {
            process.informers.disconnect(kinds);
          }
        });
  }

  /** Has processes find that what they missed is gone: they list. */
  void relist(ImmutableSet<String> names, ImmutableSet<Kind<?>> kinds) {
    each(
        names,
        process -> {
          if (process.informers != null) {
            process.informers.expire(kinds);
          }
        });
  }

  /** The informers of all processes that run, by the names of these. */
  ImmutableMap<String, InformerFactory> informers() {
    ImmutableMap.Builder<String, InformerFactory> informers = ImmutableMap.builder();
    processes.forEach((name, process) -> {
      if (process.informers != null) {
        informers.put(name, process.informers);
      }
    });
    return informers.buildOrThrow();
  }

  private void each(ImmutableSet<String> names, Consumer<ControlProcess> action) {
    (names.isEmpty() ? processes.keySet() : names)
        .forEach(name -> action.accept(Objects.requireNonNull(processes.get(name), name)));
  }
}
