package io.towtank.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Problem;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlDocument;
import io.towtank.manifest.YamlReader;
import io.towtank.patch.PatchType;
import org.jspecify.annotations.Nullable;

/** A template of a stage, which knows where in its file it stands. */
public final class StageTemplate {
  private final GoTemplate template;
  private final String text;
  private final String source;
  private final int lineBefore;
  private final String path;

  /**
   * A template.
   *
   * @param lineBefore the line before the template's first in its file
   */
  StageTemplate(GoTemplate template, String text, String source, int lineBefore, String path) {
    this.template = template;
    this.text = text;
    this.source = source;
    this.lineBefore = lineBefore;
    this.path = path;
  }

  /**
   * What the template makes of an object.
   *
   * @throws ManifestException where it cannot be run on it: a mistake of its author
   */
  public String render(JsonNode document, StageSubject subject) {
    try {
      return template.render(document, subject);
    } catch (TemplateException e) {
      throw mistake(e.line(), document, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The patch that the template makes of an object.
   *
   * @param root the field that it is about; empty for the whole object
   * @throws ManifestException where it makes none: a mistake of its author
   */
  public JsonNode patch(JsonNode document, StageSubject subject, PatchType type, String root) {
    String rendered = render(document, subject);
    Problems problems = new Problems();
    ImmutableList<YamlDocument> documents = YamlReader.read("", rendered, problems);
    if (!problems.isEmpty() || documents.size() > 1) {
      String why =
          problems.isEmpty()
              ? "there are several documents"
              : "line " + problems.list().get(0).line() + ": " + problems.list().get(0).message();
      throw mistake(1, document, "it made no YAML, " + why + "\n" + rendered, null);
    }
    JsonNode content =
        documents.isEmpty() ? JsonNodeFactory.instance.objectNode() : documents.get(0).content();
    return root.isEmpty() ? content : under(root, content, type);
  }

  private static JsonNode under(String root, JsonNode content, PatchType type) {
    if (type != PatchType.JSON || !(content instanceof ArrayNode operations)) {
      return JsonNodeFactory.instance.objectNode().set(root, content);
    }
    for (JsonNode operation : operations) {
      if (operation instanceof ObjectNode change) {
        change.put("path", "/" + root + change.path("path").asText());
      }
    }
    return operations;
  }

  /** A mistake of the template's author that shows only when it is run. */
  public ManifestException mistake(JsonNode document, String message) {
    return mistake(1, document, message, null);
  }

  private ManifestException mistake(
      int line, JsonNode document, String message, @Nullable Throwable cause) {
    String about =
        document.path("kind").asText() + " " + document.path("metadata").path("name").asText();
    Problem problem =
        new Problem(source, lineBefore + line, 1, path, "run on " + about + ": " + message, null);
    ManifestException mistake = new ManifestException(ImmutableList.of(problem));
    if (cause != null) {
      mistake.initCause(cause);
    }
    return mistake;
  }

  @Override
  public String toString() {
    return text;
  }
}
