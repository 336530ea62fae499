package io.towtank.cli;

import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.language.End;
import io.towtank.scenarios.language.Scenario;
import io.towtank.scenarios.report.ReportObserver;
import io.towtank.scenarios.run.RunOptions;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.ScenarioRunner;
import io.towtank.scenarios.run.SummaryJson;
import io.towtank.scenarios.run.SummaryText;
import io.towtank.time.CheckMode;
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

/** {@code towtank run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    header = "Simulates a scenario, manifests, or a trace, and prints what came of it.",
    description = {
      "",
      "Try these:",
      "  @|bold towtank run scenarios/library/first-look.yaml|@",
      "  @|bold towtank run --nodes 100 app.yaml|@",
      "  @|bold towtank run --nodes 100 --until 1h deploy/ --events writes.jsonl|@",
      "  @|bold towtank run --trace openb --nodes-file nodes.csv --pods-file pods.csv.gz|@",
      ""
    },
    optionListHeading = "%n",
    sortOptions = false)
final class RunCommand implements Callable<Integer> {
  private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "FILE",
      arity = "0..*",
      description =
          "a scenario, manifests (YAML or JSON), directories of them, or patterns; a run has at"
              + " most one scenario, and all objects of the manifests are created when it starts")
  private List<Path> files = new ArrayList<>();

  @Mixin private RunInput input;

  @Option(
      names = "--until",
      paramLabel = "WHEN",
      converter = UntilConverter.class,
      completionCandidates = Words.Ends.class,
      description =
          "when to end: idle, a duration of virtual time (1h30m, 2d), or a condition"
              + " ('pods.pending == 0') (default: idle)")
  private End.@Nullable Until until;

  @Option(
      names = "--speed",
      paramLabel = "FACTOR",
      description =
          "seconds of virtual time for each second on the wall (default: as fast as possible)")
  private double speed;

  @Option(
      names = "--check",
      paramLabel = "MODE",
      defaultValue = "FAST",
      completionCandidates = Words.CheckModes.class,
      description =
          "how much Towtank checks itself: fast not at all, checked when the run ends, paranoid"
              + " over and over again; indexes and totals are recomputed from scratch, and"
              + " invariants hold: no pod on two nodes, no write lost, deletions finish … (default:"
              + " fast)")
  private CheckMode check = CheckMode.FAST;

  @Option(
      names = "--output",
      paramLabel = "FORMAT",
      defaultValue = "TEXT",
      description = "how the summary is printed: text or json (default: text)")
  private OutputFormat output = OutputFormat.TEXT;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "write a report with plots: one HTML file that works offline")
  private @Nullable Path report;

  @Option(
      names = "--explain",
      paramLabel = "POD",
      description =
          "tell in the report why this pod is where it is (web-0, shop/cart-0); may be given more"
              + " than once. Pods that fit nowhere are explained anyway, one for each template")
  private List<String> explained = new ArrayList<>();

  @Option(
      names = "--events",
      paramLabel = "FILE",
      description =
          "write every write to the API as a line of JSON, compressed where the name ends in .gz;"
              + " - is the standard output, and the summary goes to the standard error then")
  private @Nullable Path events;

  @Option(
      names = {"-v", "--verbose"},
      description = "leave nothing out of the summary")
  private boolean verbose;

  /** Reads {@code --until}. */
  static final class UntilConverter implements ITypeConverter<End.Until> {
    @Override
    public End.Until convert(String text) {
      return OptionText.parse(text, End.Until::parse);
    }
  }

  @Override
  public Integer call() throws IOException {
    Scenario scenario = scenario();
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Observers observers = new Observers();
    if (Console.progress()) {
      observers.add(new ProgressLine(err, Console.width()));
    }
    if (until == null && scenario.end().until() instanceof End.Until.Idle) {
      observers.add(new PatienceHint(err));
    }
    try (Interruption interruption = new Interruption();
        ReportObserver reporting = report == null ? null : ReportObserver.begin(report, explained);
        EventLogFile log =
            events == null
                ? null
                : EventLogFile.begin(eventsToStandardOutput() ? STANDARD_OUTPUT : events)) {
      if (reporting != null) {
        observers.add(reporting);
      }
      if (log != null) {
        observers.add(log);
      }
      ScenarioRunner runner = new ScenarioRunner(scenario, new RunOptions(check, speed, observers));
      interruption.stops(runner::interrupt);
      RunSummary summary = runner.run();
      PrintWriter told = eventsToStandardOutput() ? err : out;
      told.print(
          output == OutputFormat.JSON
              ? Json.text(SummaryJson.of(summary))
              : SummaryText.of(summary, Console.colours(), verbose));
      told.flush();
      return summary.passed() ? ExitCode.OK : ExitCode.DISAPPOINTED;
    }
  }

  private boolean eventsToStandardOutput() {
    return events != null && (events.equals(STANDARD_OUTPUT) || events.toString().equals("-"));
  }

  private Scenario scenario() {
    if (speed < 0 || Double.isNaN(speed)) {
      throw new InvalidInputException("--speed " + speed + " is less than 0");
    }
    if (report == null && !explained.isEmpty()) {
      throw new InvalidInputException(
          "--explain is for a --report, and there is none; towtank explain pod "
              + explained.getFirst()
              + " prints the same as text");
    }
    if (report != null
        && events != null
        && report.toAbsolutePath().equals(events.toAbsolutePath())) {
      throw new InvalidInputException("--report and --events name one file, " + report);
    }
    return input.read(files, until, spec.commandLine().getErr());
  }
}
