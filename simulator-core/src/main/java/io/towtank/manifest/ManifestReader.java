package io.towtank.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.codec.Description;
import io.towtank.codec.MalformedDocumentException;
import io.towtank.codec.ObjectCodec;
import io.towtank.schema.ApiResource;
import io.towtank.schema.Schema;
import io.towtank.validation.DidYouMean;
import io.towtank.validation.FeatureGates;
import io.towtank.validation.FieldError;
import io.towtank.validation.FieldPath;
import io.towtank.validation.Validation;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the objects of a manifest, as strictly as the API server with {@code --validate=strict}.
 *
 * <p>Lists ({@code kind: List}, {@code kind: PodList}) are taken apart. Kinds in API versions that
 * Kubernetes has removed are converted to the current one, which is noted. Kinds that are not built
 * in are taken as they are.
 */
public final class ManifestReader {
  private static final FieldPath NAMESPACE = FieldPath.ROOT.fields("metadata", "namespace");

  private final FeatureGates gates;
  private final Problems problems;
  private final ImmutableList.Builder<ManifestDocument> read = ImmutableList.builder();
  private final ImmutableList.Builder<Note> notes = ImmutableList.builder();

  private ManifestReader(FeatureGates gates, Problems problems) {
    this.gates = gates;
    this.problems = problems;
  }

  /**
   * Reads a text.
   *
   * @param source the file's name, for messages
   * @throws ManifestException with everything that is wrong
   */
  public static Manifest read(String source, String text) {
    Problems problems = new Problems();
    Manifest manifest =
        read(YamlReader.read(source, text, problems), FeatureGates.DEFAULT, problems);
    problems.throwIfAny();
    return manifest;
  }

  /**
   * Reads documents that a text was taken apart into. Those with problems are left out.
   *
   * @param gates the cluster's
   * @param problems takes what is wrong
   */
  public static Manifest read(
      Iterable<YamlDocument> documents, FeatureGates gates, Problems problems) {
    ManifestReader reader = new ManifestReader(gates, problems);
    for (YamlDocument document : documents) {
      reader.add(document);
    }
    return new Manifest(reader.read.build(), reader.notes.build());
  }

  private void add(YamlDocument document) {
    if (!(document.content() instanceof ObjectNode content)) {
      problems.add(
          document,
          FieldPath.ROOT,
          "expected an object with apiVersion and kind, found "
              + Description.of(document.content()),
          null);
      return;
    }
    String apiVersion = typeField(document, content, "apiVersion");
    String kind = typeField(document, content, "kind");
    if (apiVersion == null || kind == null) {
      return;
    }
    if (isList(apiVersion, kind, content)) {
      addItems(document, content, apiVersion, kind);
      return;
    }
    String note = OldVersions.convert(content, apiVersion, kind);
    if (note != null) {
      Position position = document.position(FieldPath.ROOT.field("apiVersion"));
      notes.add(new Note(document.source(), position.line(), position.column(), note));
      apiVersion = content.path("apiVersion").textValue();
    }
    if (!isKnown(document, apiVersion, kind)) {
      return;
    }
    ImmutableList<FieldError> errors = Validation.validate(content, gates, document::wordAt);
    for (FieldError error : errors) {
      Position position =
          error.concernsValue() && error.place().equals(error.path())
              ? document.valuePosition(error.place())
              : document.position(error.place());
      problems.add(
          new Problem(
              document.source(),
              position.line(),
              position.column(),
              error.path().toString(),
              error.message(),
              error.suggestion()));
    }
    if (errors.isEmpty()) {
      finish(document, content, Kinds.of(apiVersion, kind));
    }
  }

  private void finish(YamlDocument document, ObjectNode content, Kind<?> kind) {
    noteDropped(document, content);
    if (!kind.namespaced() && content.path("metadata") instanceof ObjectNode metadata) {
      // As the API server does for what belongs to the cluster.
      metadata.remove("namespace");
    }
    try {
      read.add(
          new ManifestDocument(
              document.source(),
              document.position(FieldPath.ROOT),
              document.valuePosition(NAMESPACE),
              content,
              ObjectCodec.read(kind, content)));
    } catch (MalformedDocumentException e) {
      problems.add(document, FieldPath.ROOT, String.valueOf(e.getMessage()), null);
    }
  }

  /** Notes what the API server will leave out without a word. */
  private void noteDropped(YamlDocument document, ObjectNode content) {
    if (gates.configurableTolerance()
        || !content.path("kind").asText().equals("HorizontalPodAutoscaler")) {
      return;
    }
    for (String direction : new String[] {"scaleUp", "scaleDown"}) {
      FieldPath path = FieldPath.ROOT.fields("spec", "behavior", direction, "tolerance");
      if (content.at("/spec/behavior/" + direction).has("tolerance")) {
        Position position = document.position(path);
        notes.add(
            new Note(
                document.source(),
                position.line(),
                position.column(),
                path
                    + " is dropped: the feature gate "
                    + FeatureGates.CONFIGURABLE_TOLERANCE
                    + " is off (a scenario can have it on: controllerOptions.featureGates)"));
      }
    }
  }

  private @Nullable String typeField(YamlDocument document, ObjectNode content, String field) {
    JsonNode value = content.path(field);
    if (value.isTextual() && !value.textValue().isEmpty()) {
      return value.textValue();
    }
    if (value.isMissingNode() || value.isNull()) {
      Set<String> names = new LinkedHashSet<>();
      content.fieldNames().forEachRemaining(names::add);
      String similar = DidYouMean.closest(field, names);
      problems.add(
          document,
          FieldPath.ROOT,
          "\"" + field + "\" is missing: every object names its apiVersion and kind",
          similar == null ? null : "is \"" + similar + "\" meant to be it?");
    } else {
      problems.add(
          document,
          FieldPath.ROOT.field(field),
          "expected a text, found " + Description.of(value),
          null);
    }
    return null;
  }

  private static boolean isList(String apiVersion, String kind, ObjectNode content) {
    return kind.endsWith("List")
        && content.path("items").isArray()
        && Schema.builtIn().resource(apiVersion, kind) == null
        && (kind.equals("List") || content.path("metadata").path("name").isMissingNode());
  }

  private void addItems(
      YamlDocument document, ObjectNode list, String apiVersion, String listKind) {
    for (int i = 0; i < list.path("items").size(); i++) {
      JsonNode item = list.path("items").get(i);
      if (item instanceof ObjectNode object && !listKind.equals("List")) {
        // The API server leaves the type out of a typed list's items.
        if (!object.has("apiVersion")) {
          object.put("apiVersion", apiVersion);
        }
        if (!object.has("kind")) {
          object.put("kind", listKind.substring(0, listKind.length() - "List".length()));
        }
      }
      add(document.part(item, FieldPath.ROOT.field("items").item(i)));
    }
  }

  /** Whether a kind can be read: it is built in, or its group is not. */
  private boolean isKnown(YamlDocument document, String apiVersion, String kind) {
    if (Schema.builtIn().resource(apiVersion, kind) != null) {
      return true;
    }
    String group = Kinds.group(apiVersion);
    Set<String> kinds = new LinkedHashSet<>();
    Set<String> versionsOfKind = new LinkedHashSet<>();
    boolean groupIsBuiltIn = false;
    for (ApiResource resource : Schema.builtIn().resources()) {
      groupIsBuiltIn |= resource.group().equals(group);
      if (resource.apiVersion().equals(apiVersion)) {
        kinds.add(resource.kind());
      }
      if (resource.kind().equals(kind)) {
        versionsOfKind.add(resource.apiVersion());
      }
    }
    if (!groupIsBuiltIn && !group.isEmpty()) {
      return true;
    }
    String closest = DidYouMean.closest(kind, kinds);
    problems.add(
        document,
        FieldPath.ROOT.field(versionsOfKind.isEmpty() ? "kind" : "apiVersion"),
        "there is no kind \"" + kind + "\" in version \"" + apiVersion + "\"",
        !versionsOfKind.isEmpty()
            ? kind + " is in " + String.join(", ", versionsOfKind)
            : closest == null ? null : "did you mean \"" + closest + "\"?");
    return false;
  }
}
