package io.towtank.record;

import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.KubeObject;
import io.towtank.client.ApiClient;
import io.towtank.time.SimClock;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Takes down what components tell beside their writes: counts, and Kubernetes events. Together with
 * the store's commits it is all that summaries and reports are made from.
 */
public final class Recorder {
  private final Map<String, long[]> counters = new TreeMap<>();

  /** The counters of events, by component and reason: asking for one makes no text. */
  private final Map<String, Map<String, long[]>> eventCounters = new HashMap<>();

  private @Nullable EventWriters writers;

  /**
   * A counter by name, as in {@code replicaset-controller/podsCreated}; the element is to be
   * counted up. Asking again gives the same.
   */
  public long[] counter(String name) {
    return counters.computeIfAbsent(name, n -> new long[1]);
  }

  /** All counters as they are now, by name. */
  public ImmutableSortedMap<String, Long> counters() {
    ImmutableSortedMap.Builder<String, Long> all = ImmutableSortedMap.naturalOrder();
    counters.forEach((name, count) -> all.put(name, count[0]));
    return all.buildOrThrow();
  }

  /**
   * A Kubernetes event, as kubectl describe shows it. It is counted, as {@code
   * events/COMPONENT/REASON}, and stored where {@link #storeEvents} has switched that on.
   *
   * @param component who tells, as in {@code default-scheduler}
   * @param type Normal or Warning
   */
  public void event(
      KubeObject about, String component, String type, String reason, String message) {
    event(about, component, null, type, reason, message);
  }

  /**
   * As {@link #event(KubeObject, String, String, String, String)}, from a node.
   *
   * @param host the node's name; null where the component is nobody's in particular
   */
  public void event(
      KubeObject about,
      String component,
      @Nullable String host,
      String type,
      String reason,
      String message) {
    eventCounter(component, reason)[0]++;
    EventWriters storing = writers;
    if (storing != null) {
      storing.of(component, host).event(about, host, type, reason, message);
    }
  }

  /** Whether events are stored, so that what they say matters. */
  public boolean storesEvents() {
    return writers != null;
  }

  /** Counts an event of which nobody reads what it says, see {@link #storesEvents}. */
  public void countEvent(String component, String reason) {
    eventCounter(component, reason)[0]++;
  }

  /**
   * Has events stored as objects from now on, as client-go's recorders do: what is the same again
   * counts up, what is similar too often is combined, and what is too much is dropped.
   *
   * @param clients makes the client through which a component's events are written
   */
  public void storeEvents(SimClock clock, Function<String, ApiClient> clients) {
    writers = new EventWriters(clock, clients);
  }

  private long[] eventCounter(String component, String reason) {
    Map<String, long[]> ofComponent =
        eventCounters.computeIfAbsent(component, c -> new HashMap<>());
    long[] counter = ofComponent.get(reason);
    if (counter == null) {
      counter = counter("events/" + component + "/" + reason);
      ofComponent.put(reason, counter);
    }
    return counter;
  }

  private static final class EventWriters {
    private final SimClock clock;
    private final Function<String, ApiClient> clients;
    private final Map<String, EventWriter> writers = new HashMap<>();
    private long lastName = Long.MIN_VALUE;

    EventWriters(SimClock clock, Function<String, ApiClient> clients) {
      this.clock = clock;
      this.clients = clients;
    }

    /** Kubelets each have their own: what one node has to tell holds up no other. */
    EventWriter of(String component, @Nullable String host) {
      return writers.computeIfAbsent(
          host == null ? component : component + "/" + host,
          c -> new EventWriter(component, clock, clients.apply(component), this::unique));
    }

    /** Where several components tell of one object at the same time, all of it is kept. */
    private long unique(long nanos) {
      lastName = Math.max(lastName + 1, nanos);
      return lastName;
    }
  }
}
