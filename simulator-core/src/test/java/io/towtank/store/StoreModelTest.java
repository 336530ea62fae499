package io.towtank.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.FieldSelector;
import io.towtank.api.Kinds;
import io.towtank.api.LabelSelectorBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatus;
import io.towtank.api.Selector;
import io.towtank.api.Timestamps;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random writers, watchers that come and go and fall behind, pages of lists, compaction: against a
 * model that keeps everything. A watch never misses, repeats or reorders a change.
 */
final class StoreModelTest {
  private static final HistoryWindow WINDOW = new HistoryWindow(8, 64, 5_000_000_000L);
  private static final String[] NAMESPACES = {"a", "a-b", "default"};
  private static final ImmutableList<PodPhase> PHASES =
      ImmutableList.of(PodPhase.PENDING, PodPhase.RUNNING, PodPhase.SUCCEEDED, PodPhase.FAILED);
  private static final Comparator<ObjectKey> KEYS =
      (a, b) -> KeyOrder.compare(a.namespace(), a.name(), b.namespace(), b.name());

  /** A change of a pod, as the model knows it. */
  private record Change(
      long revision, long nanos, @Nullable Pod previous, Pod current, boolean deletion) {}

  /** What a watcher is told. */
  private record Told(String what, @Nullable Pod previous, Pod object, long nanos) {}

  private final class Watcher implements WatchListener<Pod> {
    final WatchOptions options;
    final Predicate<Pod> matches;
    final List<Told> told = new ArrayList<>();
    final List<Long> bookmarks = new ArrayList<>();
    Watch watch = NO_WATCH;
    int looked;
    boolean expired;
    boolean stopped;
    boolean paused;
    long resumedNanos;

    Watcher(WatchOptions options, Predicate<Pod> matches, int from) {
      this.options = options;
      this.matches = matches;
      this.looked = from;
    }

    @Override
    public void added(Pod object) {
      tell(new Told("added", null, object, simulation.nanos()));
    }

    @Override
    public void modified(Pod previous, Pod object) {
      tell(new Told("modified", previous, object, simulation.nanos()));
    }

    @Override
    public void deleted(Pod last) {
      tell(new Told("deleted", null, last, simulation.nanos()));
    }

    @Override
    public void bookmark(long revision) {
      assertThat(told.isEmpty() || told.getLast().object().resourceVersion() <= revision).isTrue();
      bookmarks.add(revision);
    }

    @Override
    public void expired() {
      expired = true;
    }

    /** Whatever it is told must be the next of what it should be. */
    void tell(Told actual) {
      assertThat(expired || stopped || paused).as(replay).isFalse();
      told.add(actual);
      while (looked < changes.size()) {
        Change change = changes.get(looked++);
        Told expected = expected(change);
        if (expected != null) {
          assertThat(actual.what()).as(replay).isEqualTo(expected.what());
          assertThat(actual.object()).as(replay).isEqualTo(expected.object());
          assertThat(actual.previous()).as(replay).isEqualTo(expected.previous());
          assertThat(actual.nanos())
              .as(replay)
              .isEqualTo(Math.max(change.nanos() + options.delayNanos(), resumedNanos));
          return;
        }
      }
      assertThat(actual).as(replay + ": nothing is left to tell").isNull();
    }

    @Nullable Told expected(Change change) {
      boolean before = change.previous() != null && matches.test(change.previous());
      boolean after = !change.deletion() && matches.test(change.current());
      if (before && after) {
        return new Told("modified", change.previous(), change.current(), 0);
      } else if (after) {
        return new Told("added", null, change.current(), 0);
      } else if (before) {
        Pod last =
            change.deletion()
                ? change.current()
                : Objects.requireNonNull(change.previous()).withResourceVersion(change.revision());
        return new Told("deleted", null, last, 0);
      }
      return null;
    }

    /** Nothing that was due may be left untold. */
    void checkComplete() {
      while (!expired && !stopped && !paused && looked < changes.size()) {
        Change change = changes.get(looked);
        if (change.nanos() + options.delayNanos() >= simulation.nanos()) {
          return;
        }
        if (expected(change) != null) {
          assertThat(change).as(replay + ": untold to " + options).isNull();
        }
        looked++;
      }
    }
  }

  private static final Watch NO_WATCH =
      new Watch() {
        @Override
        public void stop() {}

        @Override
        public void pause() {}

        @Override
        public void resume() {}
      };

  private final Simulation simulation = new Simulation(1, 1_767_225_600_000_000_000L);
  private final ApiStore store = new ApiStore(simulation, StoreOptions.PLAIN.withHistory(WINDOW));
  private final List<Change> changes = new ArrayList<>();
  private final Map<ObjectKey, Pod> model = new TreeMap<>(KEYS);
  private final List<Watcher> watchers = new ArrayList<>();
  private String replay = "";
  private long compactedRevision = -1;

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 60);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void watchesTellEveryChangeOnce(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    replay = "replay with -Dtowtank.test.seed=" + seed;
    store.addCommitListener((previous, current, revision) -> {
      assertThat(revision).as(replay).isEqualTo(store.revision());
    });
    int steps = random.nextInt(50, 1500);
    int writes = random.nextInt(1, 12);
    int names = random.nextInt(1, 40);
    for (int step = 0; step < steps; step++) {
      int choice = random.nextInt(writes + 6);
      if (choice < writes) {
        write(random, names);
      } else if (choice == writes) {
        watch(random);
      } else if (choice == writes + 1) {
        disturb(random);
      } else if (choice == writes + 2) {
        list(random);
      } else if (choice == writes + 3 && random.nextInt(20) == 0) {
        store.compact(Kinds.POD);
        compactedRevision = store.revision();
      } else {
        pass(random);
      }
    }
    watchers.forEach(watcher -> {
      watcher.paused = false;
      watcher.resumedNanos = simulation.nanos();
      watcher.watch.resume();
    });
    runUntil(simulation.nanos() + 10_000_000_000L);
    watchers.forEach(Watcher::checkComplete);
    assertThat(store.list(Kinds.POD)).as(replay).containsExactlyElementsOf(model.values());
    simulation.runSelfChecks();
  }

  private void write(SplittableRandom random, int names) {
    String namespace = NAMESPACES[random.nextInt(NAMESPACES.length)];
    ObjectKey key = new ObjectKey(namespace, "p" + random.nextInt(names));
    Pod current = model.get(key);
    long before = store.revision();
    int choice = random.nextInt(8);
    if (choice < 2) {
      Pod pod = TestObjects.pod(namespace, key.name(), labels(random));
      if (random.nextInt(4) == 0) {
        pod = TestObjects.withFinalizers(pod, "example.com/hold");
      }
      if (current == null) {
        committed(key, null, store.create(pod), false, before);
      } else {
        Pod again = pod;
        refused(ApiException.Reason.ALREADY_EXISTS, () -> store.create(again), before);
      }
      return;
    }
    if (current == null) {
      refused(
          ApiException.Reason.NOT_FOUND,
          () -> store.delete(Kinds.POD, namespace, key.name(), DeleteOptions.DEFAULT),
          before);
      return;
    }
    switch (choice) {
      case 2 -> {
        PodPhase phase = PHASES.get(random.nextInt(PHASES.size()));
        PodStatus status = TestObjects.status(phase);
        Pod next = stale(random, current.withStatus(status));
        if (next.resourceVersion() > current.resourceVersion()) {
          refused(ApiException.Reason.CONFLICT, () -> store.updateStatus(next), before);
        } else if (current.status().equals(status)) {
          assertThat(store.updateStatus(next)).as(replay).isSameAs(current);
          assertThat(store.revision()).as(replay).isEqualTo(before);
        } else {
          committed(key, current, store.updateStatus(next), false, before);
        }
      }
      case 3 -> {
        ImmutableMap<String, String> labels = labels(random);
        boolean release = random.nextBoolean();
        Pod next =
            stale(
                random,
                current.withMetadata(
                    ObjectMetaBuilder.builder(current.metadata())
                        .labels(labels)
                        .finalizers(release ? ImmutableList.of() : current.metadata().finalizers())
                        .build()));
        boolean gone =
            next.metadata().finalizers().isEmpty()
                && Objects.equals(current.metadata().deletionGracePeriodSeconds(), 0L);
        if (next.resourceVersion() > current.resourceVersion()) {
          refused(ApiException.Reason.CONFLICT, () -> store.update(next), before);
        } else if (next.metadata().equals(current.metadata())) {
          assertThat(store.update(next)).as(replay).isSameAs(current);
          assertThat(store.revision()).as(replay).isEqualTo(before);
        } else {
          committed(key, current, store.update(next), gone, before);
        }
      }
      case 4 -> {
        if (current.nodeName() != null
            || current.metadata().deletionTimestamp() != Timestamps.NONE) {
          refused(
              ApiException.Reason.CONFLICT, () -> store.bind(namespace, key.name(), "n1"), before);
        } else {
          String node = "n" + random.nextInt(4);
          committed(key, current, store.bind(namespace, key.name(), node), false, before);
        }
      }
      default -> delete(random, key, current, before);
    }
  }

  private void delete(SplittableRandom random, ObjectKey key, Pod current, long before) {
    Long grace = random.nextBoolean() ? null : Long.valueOf(random.nextInt(3) * 10L);
    DeleteOptions options = new DeleteOptions(grace, DeleteOptions.Propagation.BACKGROUND, null);
    boolean held = !current.metadata().finalizers().isEmpty();
    Long pending = current.metadata().deletionGracePeriodSeconds();
    boolean runs = current.nodeName() != null && !current.status().phase().isTerminal();
    long asked = pending != null && grace == null ? pending : grace == null ? 30 : grace;
    Pod result = store.delete(Kinds.POD, key.namespace(), key.name(), options);
    if (pending == null) {
      committed(key, current, result, !held && (!runs || asked == 0), before);
    } else if (pending == 0 || asked >= pending) {
      // Nothing is left to shorten; what held it holds it still.
      assertThat(result).as(replay).isSameAs(current);
      assertThat(store.revision()).as(replay).isEqualTo(before);
    } else {
      committed(key, current, result, !held && asked == 0, before);
    }
  }

  private void committed(
      ObjectKey key, @Nullable Pod previous, Pod current, boolean deletion, long before) {
    assertThat(store.revision()).as(replay).isEqualTo(before + 1);
    assertThat(current.resourceVersion()).as(replay).isEqualTo(before + 1);
    changes.add(new Change(before + 1, simulation.nanos(), previous, current, deletion));
    if (deletion) {
      model.remove(key);
    } else {
      model.put(key, current);
    }
    assertThat(store.get(Kinds.POD, key.namespace(), key.name()))
        .as(replay)
        .isEqualTo(model.get(key));
  }

  private void refused(ApiException.Reason reason, Runnable request, long before) {
    try {
      request.run();
    } catch (ApiException e) {
      assertThat(e.reason()).as(replay + ": " + e.getMessage()).isEqualTo(reason);
      assertThat(store.revision()).as(replay).isEqualTo(before);
      return;
    }
    assertThat(reason).as(replay + ": not refused").isNull();
  }

  /** Now and then as if somebody else had written in between. */
  private static Pod stale(SplittableRandom random, Pod pod) {
    return switch (random.nextInt(4)) {
      case 0 -> pod.withResourceVersion(0);
      case 1 -> pod.withResourceVersion(pod.resourceVersion() + 1000);
      default -> pod;
    };
  }

  private static ImmutableMap<String, String> labels(SplittableRandom random) {
    ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
    if (random.nextInt(4) > 0) {
      labels.put("app", "app-" + random.nextInt(3));
    }
    return labels.buildOrThrow();
  }

  private record Choice(Selection selection, Predicate<Pod> matches) {
    static Choice draw(SplittableRandom random) {
      String app = "app-" + random.nextInt(3);
      String namespace = NAMESPACES[random.nextInt(NAMESPACES.length)];
      String node = "n" + random.nextInt(4);
      Selector byApp =
          Selector.of(
              LabelSelectorBuilder.builder().matchLabels(ImmutableMap.of("app", app)).build());
      Predicate<Pod> hasApp = pod -> app.equals(pod.metadata().labels().get("app"));
      Predicate<Pod> isIn = pod -> namespace.equals(pod.metadata().namespace());
      Predicate<Pod> isOn = pod -> node.equals(pod.nodeName());
      return switch (random.nextInt(7)) {
        case 0 -> new Choice(Selection.inNamespace(namespace), isIn);
        case 1 -> new Choice(Selection.byLabels(null, byApp), hasApp);
        case 2 -> new Choice(Selection.byLabels(namespace, byApp), isIn.and(hasApp));
        case 3 -> new Choice(Selection.byField("spec.nodeName", node), isOn);
        case 4 ->
            new Choice(
                new Selection(namespace, byApp, FieldSelector.parse("spec.nodeName=" + node)),
                isIn.and(hasApp).and(isOn));
        case 5 ->
            new Choice(
                new Selection(null, null, FieldSelector.parse("status.phase!=Running")),
                pod -> pod.status().phase() != PodPhase.RUNNING);
        default -> new Choice(Selection.ALL, pod -> true);
      };
    }
  }

  private void watch(SplittableRandom random) {
    Choice choice = Choice.draw(random);
    long delay = new long[] {0, 1, 10_000_000, 2_000_000_000L}[random.nextInt(4)];
    long from = random.nextBoolean() ? WatchOptions.NOW : random.nextLong(store.revision() + 1);
    WatchOptions options = new WatchOptions(choice.selection(), from, delay, random.nextBoolean());
    int first = changes.size();
    while (from != WatchOptions.NOW && first > 0 && changes.get(first - 1).revision() > from) {
      first--;
    }
    Watcher watcher = new Watcher(options, choice.matches(), first);
    watcher.resumedNanos = simulation.nanos();
    int behind = changes.size() - first;
    boolean compacted = from != WatchOptions.NOW && from < compactedRevision;
    try {
      watcher.watch = store.watch(Kinds.POD, options, watcher);
      assertThat(compacted && behind > 0).as(replay + ": compacted, but not refused").isFalse();
      watchers.add(watcher);
    } catch (ApiException e) {
      assertThat(e.reason()).as(replay).isEqualTo(ApiException.Reason.EXPIRED);
      assertThat(compacted || behind > WINDOW.minChanges())
          .as(replay + ": refused, though only " + behind + " changes behind")
          .isTrue();
    }
  }

  private void disturb(SplittableRandom random) {
    if (watchers.isEmpty()) {
      return;
    }
    Watcher watcher = watchers.get(random.nextInt(watchers.size()));
    if (watcher.expired || watcher.stopped) {
      return;
    }
    if (watcher.paused) {
      watcher.paused = false;
      watcher.resumedNanos = simulation.nanos();
      watcher.watch.resume();
      int behind = changes.size() - watcher.looked;
      runUntil(simulation.nanos());
      if (watcher.expired) {
        Change next = changes.get(watcher.looked);
        assertThat(next.revision() <= compactedRevision || behind > WINDOW.minChanges())
            .as(replay + ": expired, though only " + behind + " changes behind")
            .isTrue();
      }
    } else if (random.nextInt(3) == 0) {
      watcher.stopped = true;
      watcher.watch.stop();
    } else {
      watcher.paused = true;
      watcher.watch.pause();
    }
  }

  private void list(SplittableRandom random) {
    Choice choice = Choice.draw(random);
    List<Pod> expected = model.values().stream().filter(choice.matches()).toList();
    ListOptions options = ListOptions.of(choice.selection());
    if (random.nextBoolean()) {
      options = options.limit(random.nextInt(1, 10));
    }
    List<Pod> found = new ArrayList<>();
    store.forEach(Kinds.POD, choice.selection(), found::add);
    assertThat(found).as(replay).containsExactlyInAnyOrderElementsOf(expected);
    long revision = store.revision();
    List<Pod> listed = new ArrayList<>();
    boolean consistent = true;
    ListPage<Pod> page = store.list(Kinds.POD, options);
    while (true) {
      listed.addAll(page.items());
      if (consistent) {
        assertThat(page.revision()).as(replay).isEqualTo(revision);
        Integer remaining = page.remaining();
        if (remaining != null) {
          assertThat(remaining).as(replay).isEqualTo(expected.size() - listed.size());
        }
      }
      if (page.continueToken() == null) {
        break;
      }
      // Whatever is written between two pages, the list stays at its revision.
      for (int n = random.nextInt(4); n > 0; n--) {
        write(random, 40);
      }
      try {
        page = store.list(Kinds.POD, options.continuing(page.continueToken()));
      } catch (ApiException e) {
        assertThat(e.reason()).as(replay).isEqualTo(ApiException.Reason.EXPIRED);
        consistent = false;
        page = store.list(Kinds.POD, options.continuing(e.continueToken()));
      }
    }
    if (consistent) {
      assertThat(listed).as(replay).containsExactlyElementsOf(expected);
    } else {
      // Even then in order, and nothing twice.
      assertThat(listed.stream().map(ObjectKey::of).toList())
          .as(replay)
          .isSortedAccordingTo(KEYS)
          .doesNotHaveDuplicates();
    }
  }

  private void pass(SplittableRandom random) {
    long nanos = new long[] {0, 1, 5_000_000, 1_000_000_000, 90_000_000_000L}[random.nextInt(5)];
    runUntil(simulation.nanos() + nanos);
    watchers.forEach(Watcher::checkComplete);
  }

  private void runUntil(long nanos) {
    while (simulation.step(nanos)) {}
  }
}
