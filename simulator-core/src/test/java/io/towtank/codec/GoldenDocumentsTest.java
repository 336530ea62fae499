package io.towtank.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.KubeObject;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every object of the golden data beside the repository is read and written without loss. */
class GoldenDocumentsTest {
  @Test
  void losesNothing() {
    Optional<Path> golden = Documents.shared("golden");
    assumeTrue(golden.isPresent(), "no golden data here");
    int[] objects = {0};
    for (Path file : Documents.filesOf(golden.get())) {
      // Those of api/ are no objects but patches and what becomes of them.
      if (file.toString().endsWith(".jsonl.gz") && !file.startsWith(golden.get().resolve("api"))) {
        Documents.lines(
            file,
            line -> {
              for (JsonNode document : Documents.objectsIn(line)) {
                KubeObject object = ObjectCodec.read(document);
                JsonNode written = ObjectCodec.write(object);
                assertThat(Documents.lost(document, written))
                    .as("%s: %s", file, document)
                    .isEmpty();
                assertThat(ObjectCodec.read(written)).isEqualTo(object);
                objects[0]++;
              }
            });
      }
    }
    assertThat(objects[0]).isGreaterThan(10_000);
  }
}
