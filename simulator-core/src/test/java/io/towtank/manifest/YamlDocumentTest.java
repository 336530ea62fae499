package io.towtank.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.validation.FieldPath;
import org.junit.jupiter.api.Test;

final class YamlDocumentTest {
  private static final String TEXT =
      """
      name: web-$(copy)
      spec:
        replicas: 3
        hosts:
        - a.$(copy).example
        - plain
      """;

  @Test
  void othersTextsStandWhereTheFirstStood() {
    YamlDocument document = YamlReader.read("app.yaml", TEXT).get(0);

    YamlDocument changed = document.withTexts(text -> text.replace("$(copy)", "7"));

    assertThat(changed.content().toString())
        .isEqualTo(
            "{\"name\":\"web-7\",\"spec\":{\"replicas\":3,\"hosts\":[\"a.7.example\",\"plain\"]}}");
    assertThat(document.content().path("name").asText()).isEqualTo("web-$(copy)");
    for (FieldPath path :
        new FieldPath[] {
          FieldPath.ROOT.field("name"),
          FieldPath.ROOT.fields("spec", "hosts").item(1),
          FieldPath.ROOT.fields("spec", "replicas"),
        }) {
      assertThat(changed.position(path)).isEqualTo(document.position(path));
      assertThat(changed.valuePosition(path)).isEqualTo(document.valuePosition(path));
    }
  }

  @Test
  void aCursorsPlaceCanBeADocumentOfItsOwn() {
    Problems problems = new Problems();
    Cursor root = Cursor.of(YamlReader.read("app.yaml", TEXT).get(0), problems);

    YamlDocument spec = root.field("spec").document();

    assertThat(spec.content().path("replicas").asInt()).isEqualTo(3);
    assertThat(spec.position(FieldPath.ROOT.field("replicas")).line()).isEqualTo(3);
  }
}
