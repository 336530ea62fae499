package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

final class JsonTest {
  /** As Jackson's mapper prints it, which takes long to start. */
  @Test
  void printsEveryKindOfNodeAsAMapperDoes() throws IOException {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("text", "a \"quoted\"\n\tline, an é and a \u0001");
    document.put("int", -3).put("long", 1L << 40).put("double", 0.1).put("whole", 2.0);
    document.put("float", 1.5f).put("small", 1e-9).put("large", 1e30);
    document.put("integer", BigInteger.TEN.pow(30));
    document.put("decimal", new BigDecimal("12.50"));
    document.put("truth", true).putNull("nothing");
    document.putObject("empty");
    document.putArray("none");
    document.putArray("some").add(1).add("two").addNull().addObject().put("a", false);
    document.putObject("deep").putObject("er").putArray("list").addArray().add(1);
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    String expected =
        new ObjectMapper()
            .writer(
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter))
            .writeValueAsString(document);
    assertThat(Json.text(document)).isEqualTo(expected + "\n");
  }
}
