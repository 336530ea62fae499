package io.towtank.cli;

import io.towtank.api.Durations;
import io.towtank.scenarios.explain.ExplanationJson;
import io.towtank.scenarios.explain.ExplanationText;
import io.towtank.scenarios.explain.PodExplainer;
import io.towtank.scenarios.explain.PodExplanation;
import io.towtank.scenarios.language.End;
import io.towtank.scenarios.language.Scenario;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunOptionsBuilder;
import io.towtank.scenarios.run.ScenarioRunner;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code towtank explain pod}. */
@Command(
    name = "pod",
    mixinStandardHelpOptions = true,
    header = "Runs a scenario or manifests and tells why a pod is where it is, or nowhere.",
    description = {
      "",
      "Each node with the filter that turned it down or the score that each plugin gave it, and for"
          + " a pod that fits nowhere what would have to change. A snapshot of a cluster"
          + " (kubectl get nodes,pods -A -o yaml) is explained as it is: pods that have a node"
          + " keep it, those that wait are tried.",
      "",
      "Try these:",
      "  @|bold towtank explain pod web-0 app.yaml --nodes 10|@",
      "  @|bold towtank explain pod shop/cart-0 scenario.yaml --at 5m|@",
      "  @|bold towtank explain pod web-0 app.yaml --env|@",
      "  @|bold kubectl get nodes,pods -A -o yaml > now.yaml; towtank explain pod cart-0"
          + " now.yaml|@",
      ""
    },
    sortOptions = false)
final class ExplainPodCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "POD",
      description = "the pod's name, or its namespace and name: default/web-0")
  private String pod = "";

  @Parameters(
      index = "1..*",
      paramLabel = "FILE",
      arity = "0..*",
      description = "a scenario, manifests, directories of them, or patterns, as for run")
  private List<Path> files = new ArrayList<>();

  @Mixin private RunInput input;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      converter = TimeConverter.class,
      description = "look at this virtual time (90s, 5m) (default: at the run's end)")
  private @Nullable Long atNanos;

  @Option(
      names = "--env",
      description =
          "tell what its containers' environment variables were when they started, and where from:"
              + " ConfigMaps, Secrets, the downward API, services; and which devices they have")
  private boolean environment;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "TEXT",
      description = "how the explanation is printed: text or json (default: text)")
  private OutputFormat output = OutputFormat.TEXT;

  @Option(
      names = {"-v", "--verbose"},
      description = "name every node")
  private boolean verbose;

  /** Reads {@code --at}. */
  static final class TimeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      return OptionText.parse(text, Durations::parse);
    }
  }

  @Override
  public Integer call() throws IOException {
    End.Until until = atNanos == null ? null : new End.Until.Time(atNanos);
    Scenario scenario = input.read(files, until, spec.commandLine().getErr());
    PodExplainer explainer = new PodExplainer(pod);
    new ScenarioRunner(
            scenario, RunOptionsBuilder.builder(RunOptions.DEFAULT).observer(explainer).build())
        .run();
    PodExplanation explanation = explainer.explanation();
    PrintWriter out = spec.commandLine().getOut();
    out.print(
        output == OutputFormat.JSON
            ? Json.text(ExplanationJson.of(explanation))
            : environment
                ? ExplanationText.environments(explanation)
                : ExplanationText.of(explanation, verbose));
    out.flush();
    return ExitCode.OK;
  }
}
