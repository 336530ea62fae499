package io.towtank.scenarios.language;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Problem;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlDocument;
import io.towtank.manifest.YamlReader;
import io.towtank.scenarios.input.InputFiles;
import io.towtank.scenarios.input.InvalidInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schema for editors, the reader, the guide and the library say the same. */
final class SchemaTest {
  private static final Path SCHEMA = Path.of("scenario.schema.json");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)```");
  private static final String HEADER =
      """
      apiVersion: towtank.io/v1
      kind: Scenario
      metadata: {name: example}
      """;

  @TempDir private Path directory;

  private static JsonNode document() {
    try {
      return new ObjectMapper().readTree(SCHEMA.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final JsonSchema SCHEMA_RULES = new JsonSchema(document());

  private static List<JsonNode> yaml(String name, String text) {
    Problems problems = new Problems();
    List<JsonNode> documents =
        YamlReader.read(name, text, problems).stream().map(YamlDocument::content).toList();
    problems.throwIfAny();
    return documents;
  }

  static Stream<Path> library() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("library"))) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("library")
  void scenariosOfTheLibraryConformAndNameTheirSchema(Path file) {
    String text = InputFiles.read(file);

    assertThat(text).startsWith("# yaml-language-server: $schema=../scenario.schema.json\n");
    for (JsonNode scenario : yaml(file.toString(), text)) {
      assertThat(SCHEMA_RULES.problems(scenario)).isEmpty();
    }
  }

  /** What a schema lets through that nobody checked would be worth nothing. */
  @Test
  void schemaFindsMistakes() {
    for (String mistake :
        List.of(
            "seeds: 1",
            "seed: -1",
            "timeline: [{at: 5m}]",
            "timeline: [{at: 5m, scale: {target: deployment/a, replicas: 1}, addNodes: {count:"
                + " 1}}]",
            "timeline: [{at: soon, addNodes: {count: 1}}]",
            "cluster: {nodePools: [{}]}",
            "latency: fast",
            "arrivals: [{name: a, poisson: often, count: 1, pods: [{template: {}}]}]",
            "expectations: [{because: of this}]",
            "end: {until: 5}")) {
      JsonNode scenario = yaml("mistake.yaml", HEADER + mistake + "\n").get(0);
      assertThat(SCHEMA_RULES.problems(scenario)).as(mistake).isNotEmpty();
    }
  }

  /** A place in the schema where an object with named fields stands. */
  private record Place(String path, JsonNode schema, UnaryOperator<JsonNode> wrap) {}

  /** All such places, with what makes a document of an object there. */
  private static List<Place> places() {
    List<Place> places = new ArrayList<>();
    collect("", document(), value -> value, places);
    return places;
  }

  private static void collect(
      String path, JsonNode unresolved, UnaryOperator<JsonNode> wrap, List<Place> places) {
    JsonNode schema = SCHEMA_RULES.resolve(unresolved);
    if (schema.has("properties")) {
      places.add(new Place(path, schema, wrap));
      for (Map.Entry<String, JsonNode> property : schema.get("properties").properties()) {
        String name = property.getKey();
        collect(
            path + "." + name,
            property.getValue(),
            value -> wrap.apply(JSON.objectNode().set(name, value)),
            places);
      }
    }
    for (JsonNode alternative : schema.path("anyOf")) {
      collect(path, alternative, wrap, places);
    }
    if (schema.has("items") && !path.endsWith(".inline")) {
      collect(path + "[]", schema.get("items"), value -> wrap.apply(array(value)), places);
    }
  }

  private static ArrayNode array(JsonNode element) {
    return JSON.arrayNode().add(element);
  }

  /** The messages about fields that the reader does not know. */
  private List<String> unknown(JsonNode scenario) throws IOException {
    ObjectNode whole = JSON.objectNode();
    whole.put("apiVersion", "towtank.io/v1").put("kind", "Scenario");
    whole.putObject("metadata").put("name", "a");
    whole.setAll((ObjectNode) scenario);
    Path file = Files.writeString(directory.resolve("scenario.yaml"), whole.toString());
    try {
      ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE);
      return List.of();
    } catch (ManifestException e) {
      return e.problems().stream()
          .map(Problem::message)
          .filter(message -> message.startsWith("unknown field"))
          .toList();
    } catch (InvalidInputException e) {
      return List.of();
    }
  }

  private static JsonNode example(JsonNode unresolved) {
    JsonNode schema = SCHEMA_RULES.resolve(unresolved);
    if (unresolved.has("examples") || schema.has("examples")) {
      return (unresolved.has("examples") ? unresolved : schema).get("examples").get(0);
    }
    if (schema.has("const")) {
      return schema.get("const");
    }
    if (schema.has("enum")) {
      return schema.get("enum").get(0);
    }
    if (schema.has("anyOf") && !schema.has("properties")) {
      return example(schema.get("anyOf").get(0));
    }
    return schema.path("type").asText().equals("array")
        ? JSON.arrayNode()
        : schema.path("type").asText().equals("string") ? JSON.textNode("text") : JSON.objectNode();
  }

  @Test
  void readerKnowsEveryFieldOfTheSchemaAndNoOther() throws IOException {
    List<Place> places = places();
    assertThat(places).hasSizeGreaterThan(35);
    for (Place place : places) {
      JsonNode fields = place.schema().get("properties");
      for (Map.Entry<String, JsonNode> field : fields.properties()) {
        ObjectNode object = JSON.objectNode();
        object.set(field.getKey(), example(field.getValue()));
        assertThat(unknown(place.wrap().apply(object)))
            .as(place.path() + "." + field.getKey())
            .isEmpty();
      }
      // One that belongs there besides, for some places are read only when they make sense.
      ObjectNode stranger = JSON.objectNode();
      fields.properties().forEach(field -> stranger.set(field.getKey(), example(field.getValue())));
      stranger.put("stranger", 1);
      assertThat(unknown(place.wrap().apply(stranger)))
          .as(place.path())
          .contains("unknown field \"stranger\"");
    }
  }

  /** What readers ask for by a name in their source is in the schema. */
  @Test
  void everyFieldThatAReaderAsksForIsInTheSchema() throws IOException {
    TreeSet<String> inSchema = new TreeSet<>();
    for (Place place : places()) {
      place.schema().get("properties").fieldNames().forEachRemaining(inSchema::add);
    }
    TreeSet<String> asked = new TreeSet<>();
    Pattern call = Pattern.compile("\\.(?:field|required)\\(\"(\\w+)\"\\)");
    Path sources = Path.of("src/main/java/io/towtank/scenarios/language");
    try (Stream<Path> files = Files.list(sources)) {
      for (Path file : files.sorted().toList()) {
        Matcher found = call.matcher(Files.readString(file));
        while (found.find()) {
          asked.add(found.group(1));
        }
      }
    }
    assertThat(asked).hasSizeGreaterThan(60);
    assertThat(inSchema).containsAll(asked);
  }

  static Stream<String> examplesOfTheGuide() throws IOException {
    return YAML.matcher(Files.readString(Path.of("README.md"))).results().map(m -> m.group(1));
  }

  /** Examples are whole scenarios, or parts of one that lack nothing but the header. */
  @ParameterizedTest
  @MethodSource("examplesOfTheGuide")
  void examplesOfTheGuideAreRight(String example) throws IOException {
    String text = example.contains("kind: Scenario") ? example : HEADER + example;
    // Beside the library, so that the files that examples name are there.
    Path guide = Files.createDirectories(directory.resolve("guide"));
    copy(Path.of("library"), guide);
    Path file = Files.writeString(guide.resolve("example.yaml"), text);

    for (JsonNode scenario : yaml("example.yaml", text)) {
      assertThat(SCHEMA_RULES.problems(scenario)).as(text).isEmpty();
    }
    assertThat(ScenarioFiles.read(List.of(file.toString()), ScenarioOverrides.NONE).scenario())
        .isNotNull();
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.sorted().toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  /** The guide explains every field: its name stands there as code. */
  @Test
  void guideNamesEveryField() throws IOException {
    String guide = Files.readString(Path.of("README.md"));
    for (Place place : places()) {
      place
          .schema()
          .get("properties")
          .fieldNames()
          .forEachRemaining(name ->
              assertThat(guide)
                  .as(place.path() + "." + name)
                  .containsPattern("`[^`]*\\b" + name + "\\b[^`]*`|\\b" + name + ":"));
    }
  }
}
