package io.towtank.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A template in Go's language (text/template) with KWOK's functions: variables, {@code if}, {@code
 * with}, {@code range}, {@code define}, and the functions of {@link TemplateFunctions}.
 */
final class GoTemplate {
  private static final ImmutableSet<String> FUNCTIONS =
      ImmutableSet.<String>builder()
          .addAll(TemplateFunctions.ALL.keySet())
          .add("and", "or")
          .build();

  private final ImmutableList<TemplateNode> nodes;
  private final ImmutableMap<String, ImmutableList<TemplateNode>> templates;

  private GoTemplate(
      ImmutableList<TemplateNode> nodes,
      ImmutableMap<String, ImmutableList<TemplateNode>> templates) {
    this.nodes = nodes;
    this.templates = templates;
  }

  /**
   * Reads a template.
   *
   * @throws TemplateException where it is none, or uses what is not supported
   */
  static GoTemplate parse(String text) {
    Map<String, ImmutableList<TemplateNode>> templates = new LinkedHashMap<>();
    ImmutableList<TemplateNode> nodes = new TemplateParser(text, FUNCTIONS, templates).parse();
    return new GoTemplate(nodes, ImmutableMap.copyOf(templates));
  }

  /**
   * What it makes of a document.
   *
   * @throws TemplateException where a function is misused
   */
  String render(JsonNode document, StageSubject subject) {
    return new TemplateRun(templates, subject).run(nodes, document);
  }
}
