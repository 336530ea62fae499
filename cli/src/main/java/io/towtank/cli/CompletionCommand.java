package io.towtank.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code towtank completion}. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    header = "Prints what a shell needs to complete commands, options and files.",
    description = {
      "",
      "Try these, in the shell's start-up file to have it always:",
      "  @|bold source <(towtank completion bash)|@",
      "  @|bold source <(towtank completion zsh)|@",
      "  @|bold towtank completion fish | source|@",
      ""
    })
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish")
  private Shell shell = Shell.BASH;

  /** A shell that can be told what to complete. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    spec.commandLine()
        .getOut()
        .print(
            switch (shell) {
              // One script serves both: in zsh it switches on what zsh has for that.
              case BASH, ZSH -> AutoComplete.bash("towtank", root);
              case FISH -> fish(root);
            });
    return ExitCode.OK;
  }

  private static String fish(CommandLine root) {
    List<String> lines = new ArrayList<>();
    lines.add("# Completion of towtank for fish: towtank completion fish | source");
    fish(root, "__fish_use_subcommand", lines);
    return String.join("\n", lines) + "\n";
  }

  /** What follows a command: its subcommands and options, and what follows the subcommands. */
  private static void fish(CommandLine command, String condition, List<String> lines) {
    String begin = "complete -c towtank -n " + quoted(condition);
    command
        .getSubcommands()
        .forEach((name, sub) ->
            lines.add(begin + " -f -a " + name + " -d " + quoted(first(header(sub)))));
    for (OptionSpec option : command.getCommandSpec().options()) {
      StringBuilder line = new StringBuilder(begin);
      for (String name : option.names()) {
        line.append(name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.charAt(1));
      }
      if (option.arity().max() > 0) {
        line.append(" -r");
      }
      lines.add(line + " -d " + quoted(first(option.description())));
    }
    command
        .getSubcommands()
        .forEach((name, sub) -> fish(sub, "__fish_seen_subcommand_from " + name, lines));
  }

  private static String[] header(CommandLine command) {
    return command.getCommandSpec().usageMessage().header();
  }

  private static String first(String[] texts) {
    return texts.length == 0 ? "" : texts[0];
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
