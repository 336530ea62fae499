package io.towtank.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Quantity;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Documents for tests. */
public final class Documents {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Documents() {}

  /** A document from JSON. */
  public static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A document without what may be left out: nulls, empty lists, empty objects. */
  public static JsonNode withoutEmpty(JsonNode node) {
    if (node.isObject()) {
      ObjectNode copy = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        JsonNode content = withoutEmpty(field.getValue());
        if (!content.isNull() && !(content.isContainerNode() && content.isEmpty())) {
          copy.set(field.getKey(), content);
        }
      }
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> copy.add(withoutEmpty(element)));
      return copy;
    }
    return node;
  }

  /** Where a document has something that another has not, beside what may be left out. */
  public static List<String> lost(JsonNode before, JsonNode after) {
    List<String> lost = new ArrayList<>();
    lost("", before, after, lost);
    return lost;
  }

  private static void lost(String path, JsonNode before, JsonNode after, List<String> lost) {
    if (before.isNull() || (before.isContainerNode() && before.isEmpty())) {
      return;
    }
    if (before.isObject() && after.isObject()) {
      for (Map.Entry<String, JsonNode> field : before.properties()) {
        lost(path + "." + field.getKey(), field.getValue(), after.path(field.getKey()), lost);
      }
    } else if (before.isArray() && after.isArray() && before.size() == after.size()) {
      for (int i = 0; i < before.size(); i++) {
        lost(path + "[" + i + "]", before.get(i), after.get(i), lost);
      }
    } else if (!before.equals(after) && !sameQuantity(before, after)) {
      lost.add(path + ": " + before + ", then " + after);
    }
  }

  /** Quantities come back in canonical form. */
  private static boolean sameQuantity(JsonNode before, JsonNode after) {
    if (!after.isTextual() || !(before.isTextual() || before.isNumber())) {
      return false;
    }
    try {
      return Quantity.parse(before.asText()).equals(Quantity.parse(after.asText()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** A directory of the data beside the repository, if it is there. */
  public static Optional<Path> shared(String name) {
    for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
      Path candidate = up.resolve("shared").resolve(name);
      if (Files.isDirectory(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  /** The files of a directory and those below, in order. */
  public static List<Path> filesOf(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The documents of a file with one JSON document a line, compressed or not. */
  public static void lines(Path file, Consumer<JsonNode> reader) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                file.toString().endsWith(".gz")
                    ? new GZIPInputStream(Files.newInputStream(file))
                    : Files.newInputStream(file),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        reader.accept(json(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every object with apiVersion, kind and metadata that a tree holds. */
  public static List<JsonNode> objectsIn(JsonNode tree) {
    List<JsonNode> found = new ArrayList<>();
    collect(tree, found);
    return found;
  }

  private static void collect(JsonNode node, List<JsonNode> found) {
    if (node.path("apiVersion").isTextual()
        && node.path("kind").isTextual()
        && node.path("metadata").isObject()) {
      found.add(node);
      return;
    }
    node.forEach(child -> collect(child, found));
  }
}
