package io.towtank.codec;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.KubeObject;
import io.towtank.manifest.YamlReader;
import io.towtank.schema.ApiResource;
import io.towtank.schema.Schema;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Documents of every built-in kind, made at random from the schema, survive reading and writing.
 */
class RoundTripTest {
  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 25);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingIsLost(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String replay = "replay with -Dtowtank.test.seed=" + seed;
    for (ApiResource resource : Schema.builtIn().resources()) {
      if (resource.apiVersion().equals("autoscaling/v1")) {
        continue; // read as autoscaling/v2, after a conversion
      }
      ObjectNode document = new RandomDocuments(random).document(resource);
      KubeObject object = ObjectCodec.read(document);
      ObjectNode written = ObjectCodec.write(object);
      assertThat(Documents.lost(document, written)).as("%s: %s", replay, document).isEmpty();
      assertThat(ObjectCodec.read(written)).as("%s: %s", replay, document).isEqualTo(object);
      assertThat(ObjectCodec.write(ObjectCodec.read(written))).as(replay).isEqualTo(written);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void textsAreReadAsTheyWereWritten(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (String kind : new String[] {"Pod", "Node", "ConfigMap"}) {
      ApiResource resource = requireNonNull(Schema.builtIn().preferred("", kind));
      ObjectNode document = new RandomDocuments(random).document(resource);
      assertThat(YamlReader.read("a.json", document.toPrettyString()).getFirst().content())
          .as("replay with -Dtowtank.test.seed=%d", seed)
          .isEqualTo(document);
      // JSON is YAML too: this goes the other way, since the first character is no brace.
      assertThat(
              YamlReader.read("a.yaml", "---\n" + document.toPrettyString()).getFirst().content())
          .as("replay with -Dtowtank.test.seed=%d", seed)
          .isEqualTo(document);
    }
  }
}
