package io.towtank.scenarios.language;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.Pod;
import io.towtank.api.PodTemplateSpec;
import io.towtank.manifest.Cursor;
import io.towtank.manifest.Manifest;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.ManifestReader;
import io.towtank.manifest.Note;
import io.towtank.manifest.Position;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlDocument;
import io.towtank.manifest.YamlReader;
import io.towtank.node.NodePool;
import io.towtank.scenarios.input.InputFiles;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.input.PodAnnotations;
import io.towtank.stage.Stage;
import io.towtank.stage.StageReader;
import io.towtank.validation.FeatureGates;
import io.towtank.validation.FieldPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a scenario takes from other files, whose names are relative to the scenario's own, and
 * objects that stand in the scenario itself.
 */
final class ManifestSources {
  /** In manifests with {@code copies}, the number of the copy. */
  private static final String COPY = "$(copy)";

  private static final int MOST_COPIES = 1_000_000;

  private final Path directory;
  private final FeatureGates gates;
  private final Problems problems;
  private final List<Note> notes = new ArrayList<>();
  private final List<Stage> stages = new ArrayList<>();

  /**
   * @param gates the cluster's, by which objects are checked
   */
  ManifestSources(Path directory, FeatureGates gates, Problems problems) {
    this.directory = directory;
    this.gates = gates;
    this.problems = problems;
  }

  /** The cluster's feature gates. */
  FeatureGates featureGates() {
    return gates;
  }

  /** What authors of manifests should know. */
  List<Note> notes() {
    return notes;
  }

  /** Notes something that works and may not be what is meant. */
  void note(Cursor place, String message) {
    YamlDocument document = place.document();
    Position position = document.position(FieldPath.ROOT);
    notes.add(new Note(document.source(), position.line(), position.column(), message));
  }

  /** The stages that were among the manifests so far. */
  ImmutableList<Stage> stages() {
    return ImmutableList.copyOf(stages);
  }

  /** A document of manifests; where it is a stage, or a list of some, these are taken out. */
  ImmutableList<YamlDocument> withoutStages(YamlDocument document) {
    ImmutableList.Builder<YamlDocument> others = ImmutableList.builder();
    for (YamlDocument part : StageReader.parts(document, problems)) {
      if (!StageReader.isStage(part)) {
        others.add(part);
        continue;
      }
      Stage stage = StageReader.read(part, problems);
      if (stages.stream().anyMatch(other -> other.name().equals(stage.name()))) {
        Cursor.of(part, problems)
            .field("metadata")
            .field("name")
            .problem("there is another stage \"" + stage.name() + "\"", null);
      }
      stages.add(stage);
    }
    return others.build();
  }

  /** Reads sources that have stages and nothing else. */
  void stagesOnly(Cursor sources) {
    for (ManifestDocument other : objects(sources)) {
      sources.problem(
          "holds a "
              + other.object().kind().name()
              + " (\""
              + other.object().name()
              + "\") beside stages",
          "other objects belong under manifests");
      break;
    }
  }

  /** Objects among which there can be no stages. */
  ImmutableList<ManifestDocument> applied(Cursor sources) {
    int before = stages.size();
    ImmutableList<ManifestDocument> objects = objects(sources);
    if (stages.size() > before) {
      sources.problem("there can be no stages here", "put them under stages");
    }
    return objects;
  }

  /** A file by its name here; null, with a problem told, where it is not there. */
  @Nullable Path file(Cursor name) {
    String text = name.text();
    if (text == null) {
      return null;
    }
    Path file = directory.resolve(text);
    if (!Files.isRegularFile(file)) {
      name.problem("there is no file " + file, InputFiles.similar(file));
      return null;
    }
    return file;
  }

  /** The objects of the files that a name, a directory or a pattern here stands for. */
  ImmutableList<ManifestDocument> files(Cursor name) {
    ImmutableList.Builder<ManifestDocument> objects = ImmutableList.builder();
    for (YamlDocument document : documents(name)) {
      objects.addAll(read(document));
    }
    return objects.build();
  }

  private ImmutableList<YamlDocument> documents(Cursor name) {
    String text = name.text();
    if (text == null) {
      return ImmutableList.of();
    }
    ImmutableList.Builder<YamlDocument> documents = ImmutableList.builder();
    try {
      for (Path file : InputFiles.find(directory, text, false)) {
        documents.addAll(YamlReader.read(file.toString(), InputFiles.read(file), problems));
      }
    } catch (InvalidInputException e) {
      name.problem(String.valueOf(e.getMessage()), null);
    }
    return documents.build();
  }

  private ImmutableList<ManifestDocument> read(YamlDocument document) {
    PodAnnotations.check(document, problems);
    Manifest manifest = ManifestReader.read(withoutStages(document), gates, problems);
    notes.addAll(manifest.notes());
    return manifest.documents();
  }

  /**
   * Objects from one source or a list of them: names of files, or {@code file} or {@code inline},
   * perhaps in {@code copies}.
   */
  ImmutableList<ManifestDocument> objects(Cursor sources) {
    if (sources.isPresent() && !sources.node().isArray()) {
      return source(sources);
    }
    ImmutableList.Builder<ManifestDocument> objects = ImmutableList.builder();
    for (Cursor source : sources.items()) {
      objects.addAll(source(source));
    }
    return objects.build();
  }

  private ImmutableList<ManifestDocument> source(Cursor source) {
    if (source.node().isTextual()) {
      return files(source);
    }
    Cursor copies = source.field("copies");
    long count = Values.whole(copies, 1, MOST_COPIES, 1);
    String from = Values.oneOf(source, "file", "inline");
    source.rejectUnknownFields();
    if (from == null) {
      return ImmutableList.of();
    }
    ImmutableList<YamlDocument> documents =
        from.equals("file") ? documents(source.field("file")) : inline(source.field("inline"));
    if (!copies.isPresent()) {
      return documents.stream()
          .flatMap(document -> read(document).stream())
          .collect(ImmutableList.toImmutableList());
    }
    for (YamlDocument document : documents) {
      String name = document.content().path("metadata").path("name").asText();
      if (!name.contains(COPY)) {
        copies.problem(
            "all copies of \"" + name + "\" would have one name",
            "write "
                + COPY
                + " where the number of the copy is to stand, as in "
                + name
                + "-"
                + COPY);
        return ImmutableList.of();
      }
    }
    return copies(documents, (int) count);
  }

  private ImmutableList<ManifestDocument> copies(ImmutableList<YamlDocument> documents, int count) {
    ImmutableList.Builder<ManifestDocument> objects = ImmutableList.builder();
    for (int i = 0; i < count && problems.isEmpty(); i++) {
      String number = Integer.toString(i);
      for (YamlDocument document : documents) {
        objects.addAll(read(document.withTexts(text -> text.replace(COPY, number))));
      }
    }
    return objects.build();
  }

  private static ImmutableList<YamlDocument> inline(Cursor inline) {
    if (inline.node().isArray()) {
      return inline.items().stream().map(Cursor::document).collect(ImmutableList.toImmutableList());
    }
    return ImmutableList.of(inline.document());
  }

  /**
   * The one Node of a file.
   *
   * @throws ManifestException where something is wrong in it
   * @throws InvalidInputException where it is something else
   */
  static Node nodeTemplate(Path file) {
    Problems problems = new Problems();
    List<YamlDocument> documents =
        YamlReader.read(file.toString(), InputFiles.read(file), problems);
    documents.forEach(document -> PodAnnotations.check(document, problems));
    Manifest manifest = ManifestReader.read(documents, FeatureGates.DEFAULT, problems);
    problems.throwIfAny();
    if (manifest.documents().size() == 1
        && manifest.documents().get(0).object() instanceof Node node) {
      return node;
    }
    throw new InvalidInputException(
        file, "this has to hold one Node, which is what all nodes of the pool are like");
  }

  /** The one Node of a file that is named here. */
  Node nodeTemplate(Cursor name) {
    Path file = file(name);
    if (file == null) {
      return NodePool.DEFAULT_TEMPLATE;
    }
    try {
      return nodeTemplate(file);
    } catch (ManifestException e) {
      e.problems().forEach(problems::add);
    } catch (InvalidInputException e) {
      name.problem(String.valueOf(e.getMessage()), null);
    }
    return NodePool.DEFAULT_TEMPLATE;
  }

  /**
   * A pod template: labels, annotations and a spec. It is read as a pod would be, so that it is
   * checked as one.
   */
  @Nullable PodTemplateSpec podTemplate(Cursor template) {
    if (!(template.node() instanceof ObjectNode pod)) {
      return null;
    }
    pod.put("apiVersion", "v1").put("kind", "Pod");
    pod.withObjectProperty("metadata").put("generateName", "template-");
    ImmutableList<ManifestDocument> pods = read(template.document());
    return pods.size() == 1 && pods.get(0).object() instanceof Pod read
        ? new PodTemplateSpec(read.metadata(), read.spec(), read.nodeName(), Fields.NONE)
        : null;
  }

  /** The documents of a file that is named here, or the one that stands here. */
  ImmutableList<YamlDocument> documentsOrInline(Cursor source) {
    return source.node().isTextual() ? documents(source) : ImmutableList.of(source.document());
  }

  /** The rows of a table; what is wrong in it becomes a problem beside the others. */
  <T> ImmutableList<T> table(Supplier<ImmutableList<T>> reader) {
    try {
      return reader.get();
    } catch (ManifestException e) {
      e.problems().forEach(problems::add);
      return ImmutableList.of();
    }
  }
}
