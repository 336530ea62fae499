package io.towtank.cli;

import com.google.common.collect.ImmutableMap;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code towtank} and its entry point. */
@Command(
    name = "towtank",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    header = {
      "Simulates Kubernetes clusters: the control plane and every node, in virtual time.",
      "",
      "Try these:",
      "  @|bold towtank run scenarios/library/first-look.yaml|@    a cluster lives through a bad"
          + " day",
      "  @|bold towtank run --nodes 100 app.yaml|@                 your manifests on 100 nodes",
      "  @|bold towtank run app.yaml --report out.html|@           the same, with plots to look at",
      "  @|bold towtank run app.yaml --output json|@               the same, for a script",
      "  @|bold towtank conformance|@                              does it decide as Kubernetes"
          + " does?",
      "  @|bold towtank bench scheduler|@                          how fast does it decide?",
      ""
    },
    footerHeading = "%nSettings of the launcher:%n",
    footer = {
      "  --heap SIZE      most memory for objects, before the command: towtank --heap 8g run …",
      "  TOWTANK_OPTS     further options for the JVM",
      "  NO_COLOR         set to anything: no colours, which there are on terminals only",
      "",
      "Exit status: 0 all well; 1 an expectation failed or conformance disagrees; 2 wrong input;"
          + " 3 out of memory; 70 a bug of Towtank; 130 interrupted.",
      "",
      "'towtank COMMAND --help' tells more. scenarios/README.md explains scenario files."
    })
final class Towtank implements Runnable {
  /** What looks at no other command, in the order of the help. */
  private static final ImmutableMap<String, Class<?>> COMMANDS =
      ImmutableMap.of(
          "run", RunCommand.class,
          "validate", ValidateCommand.class,
          "generate", GenerateCommand.class,
          "explain", ExplainCommand.class,
          "compare", CompareCommand.class,
          "conformance", ConformanceCommand.class,
          "bench", BenchCommand.class,
          "schema", SchemaCommand.class);

  /** Of the help, in characters: what is wider is hard to read. */
  private static final int WIDEST = 120;

  private static final int NARROWEST = 60;

  @Spec private CommandSpec spec;

  private Towtank() {}

  /** Runs a command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    PrintWriter out = Console.writer(System.out);
    PrintWriter err = Console.writer(System.err);
    int status = execute(out, err, arguments);
    out.flush();
    err.flush();
    if (Interruption.isShuttingDown()) {
      // The signal's own exit status stands; System.exit would wait for this very thread.
      return;
    }
    System.exit(status);
  }

  /** The command with all its subcommands. */
  static CommandLine commandLine() {
    return commandLine(new String[0]);
  }

  /**
   * The command line with the command that is asked for. To make one of a class is slow, a sixth of
   * a small run for all of them, so the others are there only for who lists or completes them.
   */
  private static CommandLine commandLine(String... arguments) {
    CommandLine line = new CommandLine(new Towtank());
    Class<?> asked = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
    if (asked != null) {
      line.addSubcommand(asked);
    } else {
      COMMANDS.values().forEach(line::addSubcommand);
      line.addSubcommand(CompletionCommand.class);
      line.addSubcommand(HelpCommand.class);
    }
    line.setUsageHelpWidth(Math.clamp(Console.width(), NARROWEST, WIDEST));
    HelpText.install(line);
    line.setColorScheme(Help.defaultColorScheme(Console.colours() ? Help.Ansi.ON : Help.Ansi.OFF));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler(new Mistakes());
    line.setExecutionExceptionHandler(new Mistakes());
    return line;
  }

  /** Runs a command; the result is the exit status. */
  static int execute(PrintWriter out, PrintWriter err, String... arguments) {
    CommandLine line = commandLine(arguments);
    line.setOut(out);
    line.setErr(err);
    // Made now, while there is room for it.
    String outOfMemory =
        "towtank: the memory was not enough: objects may take "
            + (Runtime.getRuntime().maxMemory() >> 20)
            + " MiB. Give it more, as in: towtank --heap 8g run …";
    try {
      return line.execute(arguments);
    } catch (OutOfMemoryError e) {
      err.println(outOfMemory);
      return ExitCode.OUT_OF_MEMORY;
    }
  }

  /** Without a command: the help. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
