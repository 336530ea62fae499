package io.towtank.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class LineDiffTest {
  @Test
  void showsWhatIsMissingAsGone() {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("replicas", 3);
    assertThat(LineDiff.of(node, MissingNode.getInstance()))
        .containsExactly("- {", "-   \"replicas\" : 3", "- }");
    assertThat(LineDiff.of(MissingNode.getInstance(), node))
        .containsExactly("+ {", "+   \"replicas\" : 3", "+ }");
  }

  @Test
  void showsChangedLinesAmongTheSameOnes() {
    ObjectNode before = JsonNodeFactory.instance.objectNode().put("a", 1).put("b", 2);
    ObjectNode after = before.deepCopy().put("b", 3);
    assertThat(LineDiff.of(before, after))
        .containsExactly("  {", "    \"a\" : 1,", "-   \"b\" : 2", "+   \"b\" : 3", "  }");
  }
}
