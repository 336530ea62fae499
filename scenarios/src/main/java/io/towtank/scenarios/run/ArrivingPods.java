package io.towtank.scenarios.run;

import com.google.common.base.Strings;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Durations;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatus;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.Timestamps;
import io.towtank.node.AnnotatedBehaviour;
import io.towtank.scenarios.language.Arrivals;
import io.towtank.scenarios.trace.OpenbPods;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.util.Map;
import java.util.TreeMap;

/**
 * Creates pods as they arrive, each at its time to the nanosecond. Only the next one of each kind
 * of arrivals is planned at any time, however many will come.
 */
final class ArrivingPods {
  private static final int NUMBER_WIDTH = 6;
  private static final PodStatus NEW =
      PodStatusBuilder.builder().phase(PodPhase.PENDING).startTime(Timestamps.NONE).build();

  private final Simulation simulation;
  private final ApiStore store;
  private long refused;
  private String firstRefusal = "";

  ArrivingPods(Simulation simulation, ApiStore store) {
    this.simulation = simulation;
    this.store = store;
  }

  /** How many pods the API refused. */
  long refused() {
    return refused;
  }

  /** Why it refused the first of them. */
  String firstRefusal() {
    return firstRefusal;
  }

  /** Has all pods come at their times. */
  void schedule(ImmutableList<Arrivals> arrivals) {
    for (Arrivals one : arrivals) {
      switch (one) {
        case Arrivals.Stream process -> new ProcessRun(process).planNext();
        case Arrivals.Trace(OpenbPods pods) -> next(pods.entries(), 0);
      }
    }
  }

  // From a trace

  private void next(ImmutableList<OpenbPods.Entry> entries, int index) {
    if (index < entries.size()) {
      simulation.schedule(
          entries.get(index).arrivesNanos() - simulation.nanos(), () -> arrive(entries, index));
    }
  }

  private void arrive(ImmutableList<OpenbPods.Entry> entries, int index) {
    OpenbPods.Entry entry = entries.get(index);
    ObjectMeta meta =
        metadata("default", entry.name(), entry.template().labels(), ImmutableMap.of());
    if (create(new Pod(meta, 0, entry.template().spec(), null, NEW, Fields.NONE))) {
      simulation.schedule(
          entry.leavesNanos() - simulation.nanos(), () -> leave("default", entry.name()));
    }
    next(entries, index + 1);
  }

  private void leave(String namespace, String name) {
    if (store.get(Kinds.POD, namespace, name) != null) {
      store.delete(Kinds.POD, namespace, name, DeleteOptions.NOW);
    }
  }

  // By chance

  /** Arrivals under way. */
  private final class ProcessRun {
    private final Arrivals.Stream process;
    private final RandomStream random;
    private final int weights;
    private long number;
    private long atNanos;

    ProcessRun(Arrivals.Stream process) {
      this.process = process;
      this.random = simulation.random("arrivals/" + process.name());
      this.weights = process.mix().stream().mapToInt(Arrivals.PodShare::weight).sum();
      this.atNanos = process.startNanos();
    }

    void planNext() {
      atNanos += process.between().sampleNanos(random);
      if (number < process.count() && atNanos <= process.endNanos()) {
        simulation.schedule(atNanos - simulation.nanos(), this::arrive);
      }
    }

    private void arrive() {
      Arrivals.PodShare share = pick();
      PodTemplateSpec template = share.template();
      ImmutableMap<String, String> annotations = template.metadata().annotations();
      if (share.lifetime() != null) {
        long nanos = share.lifetime().sampleNanos(random);
        Map<String, String> more = new TreeMap<>(annotations);
        more.put(AnnotatedBehaviour.RUN_FOR, Durations.format(nanos));
        annotations = ImmutableMap.copyOf(more);
      }
      String name =
          process.name() + "-" + Strings.padStart(Long.toString(number), NUMBER_WIDTH, '0');
      ObjectMeta meta =
          metadata(process.namespace(), name, template.metadata().labels(), annotations);
      number++;
      create(new Pod(meta, 0, template.spec(), template.nodeName(), NEW, Fields.NONE));
      planNext();
    }

    private Arrivals.PodShare pick() {
      int point = random.nextInt(weights);
      for (Arrivals.PodShare share : process.mix()) {
        point -= share.weight();
        if (point < 0) {
          return share;
        }
      }
      throw new IllegalStateException("weights of " + process.name() + " do not add up");
    }
  }

  private boolean create(Pod pod) {
    try {
      store.create(pod);
      return true;
    } catch (ApiException e) {
      refused++;
      if (firstRefusal.isEmpty()) {
        firstRefusal = pod.name() + ": " + e.getMessage();
      }
      return false;
    }
  }

  private static ObjectMeta metadata(
      String namespace,
      String name,
      ImmutableMap<String, String> labels,
      ImmutableMap<String, String> annotations) {
    return ObjectMetaBuilder.builder()
        .name(name)
        .namespace(namespace)
        .labels(labels)
        .annotations(annotations)
        .creationTimestamp(Timestamps.NONE)
        .deletionTimestamp(Timestamps.NONE)
        .build();
  }
}
