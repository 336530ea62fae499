package io.towtank.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Namespace;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Timestamps;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.store.ListOptions;
import io.towtank.store.Selection;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class ApiClientTest {
  private static final long MILLISECOND = 1_000_000L;

  private final Simulation simulation = new Simulation(1, 0);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());
  private final List<String> log = new ArrayList<>();

  private ApiClient client(double qps, int burst) {
    return new ApiClient(
        "test",
        simulation,
        store,
        new Distribution.Constant(5 * MILLISECOND),
        new ClientLimits(qps, burst));
  }

  private static Namespace namespace(String name) {
    return new Namespace(
        ObjectMetaBuilder.builder()
            .name(name)
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .build(),
        0,
        null,
        null,
        Fields.NONE);
  }

  @Test
  void aRequestTakesItsTimeAndIsCommittedWithTheAnswer() {
    ApiClient client = client(0, 0);
    client.create(
        namespace("a"),
        (object, error) -> {
          assertThat(error).isNull();
          assertThat(object).isSameAs(store.get(Kinds.NAMESPACE, null, "a"));
          log.add(simulation.nanos() / MILLISECOND + " created");
        });
    assertThat(store.count(Kinds.NAMESPACE)).isZero();
    simulation.run(new StopCondition.Idle());
    assertThat(log).containsExactly("5 created");
  }

  @Test
  void tellsRefusals() {
    ApiClient client = client(0, 0);
    client.get(
        Kinds.NAMESPACE,
        new ObjectKey(null, "a"),
        (object, error) -> {
          assertThat(object).isNull();
          log.add(String.valueOf(Objects.requireNonNull(error).getMessage()));
        });
    client.delete(
        Kinds.NAMESPACE,
        new ObjectKey(null, "a"),
        DeleteOptions.DEFAULT,
        (object, error) -> log.add(error == null ? "deleted" : error.reason().toString()));
    simulation.run(new StopCondition.Idle());
    assertThat(log).containsExactly("namespaces \"a\" not found", "NotFound");
  }

  @Test
  void sendsABurstAndThenSoManyASecond() {
    ApiClient client = client(10, 3);
    for (int i = 0; i < 6; i++) {
      client.create(
          namespace("n" + i), (object, error) -> log.add("" + simulation.nanos() / MILLISECOND));
    }
    simulation.run(new StopCondition.Idle());
    assertThat(log).containsExactly("5", "5", "5", "105", "205", "305");
    // Half a second later there are tokens again, but no more than the burst.
    simulation.step(10_000 * MILLISECOND);
    log.clear();
    for (int i = 6; i < 11; i++) {
      client.create(
          namespace("n" + i), (object, error) -> log.add("" + simulation.nanos() / MILLISECOND));
    }
    simulation.run(new StopCondition.Idle());
    assertThat(log).containsExactly("10005", "10005", "10005", "10105", "10205");
  }

  @Test
  void countsRequestsByVerb() {
    ApiClient client = client(0, 0);
    ObjectKey key = new ObjectKey(null, "a");
    client.create(namespace("a"), (object, error) -> {});
    client.update(namespace("a"), (object, error) -> {});
    client.updateStatus(namespace("a"), (object, error) -> {});
    client.patch(Kinds.NAMESPACE, key, object -> object, (object, error) -> {});
    client.list(
        Kinds.NAMESPACE,
        ListOptions.ALL,
        (page, error) -> {
          log.add("listed " + Objects.requireNonNull(page).items().size());
        });
    client.deleteCollection(
        Kinds.NAMESPACE,
        Selection.ALL,
        DeleteOptions.DEFAULT,
        error -> log.add(error == null ? "all deleted" : "refused"));
    client.get(
        Kinds.NAMESPACE,
        key,
        (object, error) -> {
          assertThat(Objects.requireNonNull(error).reason())
              .isEqualTo(ApiException.Reason.NOT_FOUND);
        });
    simulation.run(new StopCondition.Idle());
    assertThat(log).containsExactly("listed 1", "all deleted");
    assertThat(client.requests()).isEqualTo(7);
    assertThat(client.requests(Verb.UPDATE)).isEqualTo(2);
    assertThat(client.requests(Verb.DELETE)).isZero();
    assertThat(client.requests(Verb.DELETECOLLECTION)).isEqualTo(1);
  }
}
