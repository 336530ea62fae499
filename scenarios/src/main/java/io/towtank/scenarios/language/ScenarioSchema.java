package io.towtank.scenarios.language;

import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/** The JSON schema of scenarios, which comes with Towtank. */
public final class ScenarioSchema {
  private static final String NAME = "scenario.schema.json";

  private ScenarioSchema() {}

  /** The schema, as text. */
  public static String text() {
    URL schema = ScenarioSchema.class.getResource(NAME);
    if (schema == null) {
      throw new IllegalStateException("the build has left " + NAME + " out");
    }
    try {
      return Resources.toString(schema, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(NAME, e);
    }
  }
}
