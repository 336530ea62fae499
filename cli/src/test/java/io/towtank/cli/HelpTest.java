package io.towtank.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** What --help prints, of every command. */
class HelpTest {
  static Stream<Named<CommandLine>> commands() {
    List<Named<CommandLine>> commands = new ArrayList<>();
    collect(Towtank.commandLine(), commands);
    return commands.stream();
  }

  private static void collect(CommandLine command, List<Named<CommandLine>> commands) {
    commands.add(Named.of(command.getCommandSpec().qualifiedName(), command));
    command
        .getSubcommands()
        .forEach((name, sub) -> {
          if (!name.equals("help")) {
            collect(sub, commands);
          }
        });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void fitsAndBeginsWithSomethingToTry(CommandLine command) {
    for (int width : new int[] {80, 120}) {
      String help = command.setUsageHelpWidth(width).getUsageMessage(Ansi.OFF);

      assertThat(help.lines()).as(help).allMatch(line -> line.length() <= width);
      assertThat(help).contains("Try");
      // Only what is no continuation of something indented stands in the first column.
      List<String> lines = help.lines().toList();
      int begin = lines.indexOf("Try these:");
      if (begin >= 0) {
        List<String> examples =
            lines.subList(begin + 1, lines.size()).stream()
                .takeWhile(line -> !line.isBlank())
                .toList();
        assertThat(examples).as(help).isNotEmpty().allMatch(line -> line.startsWith("  "));
      }
    }
  }

  @Test
  void aLineOfTwoColumnsGoesOnInItsSecond() {
    assertThat(HelpText.broken("  try this   it does what it says", 24, Ansi.OFF).lines())
        .containsExactly("  try this   it does", "             what it", "             says");
  }

  @Test
  void whatIsIndentedGoesOnIndented() {
    assertThat(HelpText.broken("  towtank run one two three", 17, Ansi.OFF).lines())
        .containsExactly("  towtank run one", "    two three");
  }

  @Test
  void markupTakesNoRoom() {
    assertThat(HelpText.broken("@|bold one two|@ three four", 13, Ansi.ON))
        .isEqualTo("\u001b[1mone two\u001b[21m\u001b[0m three" + System.lineSeparator() + "four");
  }
}
