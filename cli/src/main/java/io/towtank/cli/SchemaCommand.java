package io.towtank.cli;

import io.towtank.scenarios.language.ScenarioSchema;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code towtank schema}. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    header = "Prints the JSON schema of scenarios, for editors that complete and check them.",
    description = {
      "",
      "Editors with a YAML language server read it where a scenario begins with this line:",
      "  # yaml-language-server: $schema=scenario.schema.json",
      "",
      "Try: @|bold towtank schema > scenario.schema.json|@",
      ""
    })
final class SchemaCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(ScenarioSchema.text());
    return ExitCode.OK;
  }
}
