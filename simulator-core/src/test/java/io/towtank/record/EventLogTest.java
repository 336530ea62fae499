package io.towtank.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Namespace;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Timestamps;
import io.towtank.codec.ObjectCodec;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.time.Simulation;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

final class EventLogTest {
  private final Simulation simulation = new Simulation(1, 1_767_225_600_000_000_000L);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());

  private static Namespace namespace() {
    return new Namespace(
        ObjectMetaBuilder.builder()
            .name("shop")
            .creationTimestamp(Timestamps.NONE)
            .deletionTimestamp(Timestamps.NONE)
            .build(),
        0,
        null,
        null,
        Fields.NONE);
  }

  @Test
  void writesALineAWrite() throws IOException {
    StringBuilder out = new StringBuilder();
    store.addCommitListener(new EventLog(simulation, out));
    Namespace created = store.create(namespace());
    simulation.step(1_500_000);
    Namespace changed =
        store.update(
            created.withMetadata(
                ObjectMetaBuilder.builder(created.metadata())
                    .annotations(ImmutableMap.of("a", "line\nbreak"))
                    .build()));
    store.delete(Kinds.NAMESPACE, null, "shop", DeleteOptions.DEFAULT);
    String[] lines = out.toString().split("\n", -1);
    assertThat(lines).hasSize(4);
    assertThat(lines[3]).isEmpty();
    String[] types = {"ADDED", "MODIFIED", "DELETED"};
    for (int i = 0; i < 3; i++) {
      JsonNode line = new ObjectMapper().readTree(lines[i]);
      assertThat(line.get("revision").asLong()).isEqualTo(i + 1);
      assertThat(line.get("type").asText()).isEqualTo(types[i]);
      assertThat(line.get("kind").asText()).isEqualTo("Namespace");
      assertThat(ObjectCodec.read(line.get("object"))).isEqualTo(i == 0 ? created : changed);
    }
    assertThat(lines[0]).startsWith("{\"revision\":1,\"time\":\"2026-01-01T00:00:00.000000Z\",");
    assertThat(lines[1]).startsWith("{\"revision\":2,\"time\":\"2026-01-01T00:00:00.001500Z\",");
  }

  @Test
  void doesNotHideThatItCannotBeWritten() {
    Appendable broken =
        new Appendable() {
          @Override
          public Appendable append(CharSequence text) throws IOException {
            throw new IOException("disk full");
          }

          @Override
          public Appendable append(CharSequence text, int start, int end) throws IOException {
            throw new IOException("disk full");
          }

          @Override
          public Appendable append(char c) throws IOException {
            throw new IOException("disk full");
          }
        };
    store.addCommitListener(new EventLog(simulation, broken));
    assertThatThrownBy(() -> store.create(namespace()))
        .isInstanceOf(UncheckedIOException.class)
        .hasRootCauseMessage("disk full");
  }
}
