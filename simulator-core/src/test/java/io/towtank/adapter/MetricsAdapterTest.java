package io.towtank.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ConditionStatus;
import io.towtank.api.CrossVersionObjectReference;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodConditionBuilder;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Selector;
import io.towtank.client.ApiClient;
import io.towtank.client.InformerFactory;
import io.towtank.component.ComponentContext;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.LatencyProfile;
import io.towtank.metrics.MetricsApi;
import io.towtank.record.Recorder;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import io.towtank.traffic.DemandCurve;
import io.towtank.traffic.Measure;
import io.towtank.traffic.ServiceTraffic;
import io.towtank.traffic.route.ClusterRouter;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MetricsAdapterTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Selector ALL = Selector.everything();
  private static final MetricSeries.Subject OUTSIDE = new MetricSeries.Subject.External("default");

  private final Simulation simulation = new Simulation(1, 0);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private @Nullable MetricsAdapter started;

  private void start(MetricSeries... series) {
    InformerFactory informers = new InformerFactory(store, 0);
    ComponentContext context =
        new ComponentContext(
            simulation,
            new ApiClient(
                "metrics-adapter",
                simulation,
                store,
                LatencyProfile.INSTANT.apiRequest(),
                ClientLimits.NONE),
            informers,
            simulation.random("metrics-adapter"),
            new Recorder(),
            LatencyProfile.INSTANT);
    ServiceTraffic none =
        new ServiceTraffic(
            context,
            ImmutableList.of(),
            new ClusterRouter(informers),
            (pod, container, resource, from, to) -> 0,
            node -> true);
    MetricsAdapter adapter =
        new MetricsAdapter(
            context,
            MetricsApi.NONE,
            none,
            MetricsAdapter.Options.DEFAULT,
            ImmutableList.copyOf(series));
    adapter.start();
    informers.start();
    started = adapter;
  }

  private MetricsAdapter adapter() {
    return Objects.requireNonNull(started);
  }

  private static MetricSeries series(
      String metric, MetricSeries.Subject subject, MetricSeries.Source source) {
    return new MetricSeries(metric, subject, source, ImmutableMap.of(), ImmutableList.of());
  }

  private static MetricSeries.Source.Curve constant(double value) {
    return new MetricSeries.Source.Curve(new DemandCurve.Constant(value));
  }

  private static DemandCurve steps(DemandCurve.Step... steps) {
    return new DemandCurve.Steps(ImmutableList.copyOf(steps));
  }

  private void runTo(long seconds) {
    simulation.run(new StopCondition.Time(seconds * SECOND));
  }

  private Pod pod(String name, String app, boolean ready) {
    Pod created =
        store.create(
            PodBuilder.builder()
                .metadata(
                    ObjectMetaBuilder.builder()
                        .name(name)
                        .namespace("default")
                        .labels(ImmutableMap.of("app", app))
                        .build())
                .spec(PodSpecBuilder.builder().build())
                .build());
    return store.updateStatus(
        PodBuilder.builder(created)
            .status(
                PodStatusBuilder.builder()
                    .phase(PodPhase.RUNNING)
                    .conditions(
                        ImmutableList.of(
                            PodConditionBuilder.builder()
                                .type("Ready")
                                .status(ready ? ConditionStatus.TRUE : ConditionStatus.FALSE)
                                .build()))
                    .build())
            .build());
  }

  private static CrossVersionObjectReference reference(String kind, String name) {
    return new CrossVersionObjectReference("v1", kind, name, Fields.NONE);
  }

  @Test
  void whatWasReadLastIsTold() {
    start(
        series(
            "tickets",
            OUTSIDE,
            new MetricSeries.Source.Curve(
                steps(new DemandCurve.Step(0, 5), new DemandCurve.Step(20 * SECOND, 7.5)))));
    runTo(29);
    assertThat(adapter().external("default", "tickets", ALL)).containsExactly(5000L);
    runTo(30);
    assertThat(adapter().external("default", "tickets", ALL)).containsExactly(7500L);
    assertThat(adapter().external("other", "tickets", ALL)).isEmpty();
    assertThat(adapter().external("default", "tickts", ALL)).isEmpty();
    assertThat(adapter().last("tickets")).hasValue(7.5);
  }

  @Test
  void seriesAreSelectedByTheirLabels() {
    MetricSeries.Source one = constant(1);
    MetricSeries.Source two = constant(2);
    start(
        new MetricSeries(
            "queue", OUTSIDE, one, ImmutableMap.of("queue", "mail"), ImmutableList.of()),
        new MetricSeries(
            "queue", OUTSIDE, two, ImmutableMap.of("queue", "bills"), ImmutableList.of()));
    runTo(1);
    assertThat(adapter().external("default", "queue", ALL)).containsExactly(1000L, 2000L);
    assertThat(adapter().external("default", "queue", Selector.parse("queue=bills")))
        .containsExactly(2000L);
    assertThat(adapter().last("queue")).hasValue(3);
  }

  @Test
  void aSeriesIsAbsentForAWhile() {
    start(
        new MetricSeries(
            "queue",
            OUTSIDE,
            constant(1),
            ImmutableMap.of(),
            ImmutableList.of(new MetricSeries.Span(20 * SECOND, 40 * SECOND))));
    runTo(16);
    assertThat(adapter().external("default", "queue", ALL)).hasSize(1);
    runTo(31);
    assertThat(adapter().external("default", "queue", ALL)).isEmpty();
    assertThat(adapter().last("queue")).isEmpty();
    runTo(46);
    assertThat(adapter().external("default", "queue", ALL)).hasSize(1);
  }

  @Test
  void anObjectIsFoundByKindAndName() {
    start(
        series(
            "hits", new MetricSeries.Subject.ObjectOf("default", "ingress", "shop"), constant(42)));
    runTo(1);
    assertThat(adapter().object("default", reference("Ingress", "shop"), "hits", ALL))
        .hasValue(42_000);
    assertThat(adapter().object("default", reference("Service", "shop"), "hits", ALL)).isEmpty();
    assertThat(adapter().object("default", reference("Ingress", "news"), "hits", ALL)).isEmpty();
  }

  @Test
  void podsHaveEachTheValueOrShareIt() {
    Selector shop = Selector.parse("app=shop");
    start(
        series("sessions", new MetricSeries.Subject.Pods("default", shop, false), constant(6)),
        series("load", new MetricSeries.Subject.Pods("default", shop, true), constant(6)));
    Pod first = pod("a", "shop", true);
    pod("b", "shop", true);
    pod("c", "shop", true);
    Pod starting = pod("d", "shop", false);
    Pod stranger = pod("e", "other", true);
    runTo(15);
    assertThat(Objects.requireNonNull(adapter().pod(first, "sessions", ALL)).milli())
        .isEqualTo(6000);
    assertThat(Objects.requireNonNull(adapter().pod(first, "load", ALL)).milli()).isEqualTo(2000);
    assertThat(adapter().pod(starting, "sessions", ALL)).isNull();
    assertThat(adapter().pod(stranger, "sessions", ALL)).isNull();
    assertThat(adapter().last("sessions")).isEmpty();
  }

  @Test
  void aServiceWithoutRequestsHasNoMeasure() {
    start(
        series(
            "hits",
            OUTSIDE,
            new MetricSeries.Source.Requests(new ObjectKey("default", "shop"), Measure.REQUESTS)));
    runTo(20);
    assertThat(adapter().external("default", "hits", ALL)).isEmpty();
  }

  @Test
  void workersEmptyAQueue() {
    start(
        series(
            "queue",
            OUTSIDE,
            new MetricSeries.Source.Queue(
                steps(new DemandCurve.Step(0, 10), new DemandCurve.Step(60 * SECOND, 0)),
                30,
                "default",
                Selector.parse("app=worker"),
                3)));
    runTo(30);
    assertThat(adapter().last("queue")).hasValue(330);
    pod("a", "worker", true);
    pod("b", "worker", true);
    pod("c", "worker", false);
    pod("d", "other", true);
    runTo(60);
    assertThat(adapter().last("queue").orElseThrow()).isCloseTo(330 + 30 * 4, within(1e-6));
    store.delete(Kinds.POD, "default", "a", DeleteOptions.NOW);
    runTo(90);
    assertThat(adapter().last("queue").orElseThrow()).isCloseTo(450 - 30 * 3, within(1e-6));
    runTo(600);
    assertThat(adapter().last("queue")).hasValue(0);
  }

  /** However often somebody looks and whenever workers come and go, nothing is lost or made. */
  @Test
  void aQueueIsTheSameHoweverItIsLookedAt() {
    Random random = new Random(7);
    MetricSeries.Source.Queue source =
        new MetricSeries.Source.Queue(new DemandCurve.Constant(50), 1e6, "default", ALL, 2);
    QueueLength once = new QueueLength(source);
    QueueLength often = new QueueLength(source);
    double done = 0;
    int workers = 0;
    long at = 0;
    while (at < 1000 * SECOND) {
      long next = at + 1 + random.nextLong(20 * SECOND);
      done += workers * 2.0 * (next - at) / SECOND;
      for (long look = at; look < next; look += 1 + random.nextLong(SECOND)) {
        often.at(look);
      }
      int more = random.nextInt(5) - Math.min(workers, 2);
      once.workers(more, next);
      often.workers(more, next);
      workers += more;
      at = next;
    }
    assertThat(often.at(at)).isCloseTo(once.at(at), within(1e-3));
    assertThat(once.at(at)).isCloseTo(1e6 + 50.0 * at / SECOND - done, within(1e-3));
  }
}
