package io.towtank.cli;

import com.google.common.base.Splitter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.UsageMessageSpec;

/**
 * Breaks the lines of a command's help so that what is indented stays so: picocli goes on in the
 * first column. Where a line has two columns, as {@code command what it does}, the second goes on
 * below its own beginning.
 */
final class HelpText {
  private static final Pattern MARKUP = Pattern.compile("\u001b\\[[0-9;]*m");
  private static final Pattern COLUMNS = Pattern.compile("^( *)(\\S.*? {2,})(\\S.*)$");
  private static final int INDENT = 2;

  private HelpText() {}

  /** Has a command and all its subcommands break their texts this way. */
  static void install(CommandLine command) {
    command
        .getHelpSectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_HEADER,
            help -> text(help, help.commandSpec().usageMessage().header()));
    command
        .getHelpSectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_DESCRIPTION,
            help -> text(help, help.commandSpec().usageMessage().description()));
    command
        .getHelpSectionMap()
        .put(
            UsageMessageSpec.SECTION_KEY_FOOTER,
            help -> text(help, help.commandSpec().usageMessage().footer()));
    command.getSubcommands().values().forEach(HelpText::install);
  }

  private static String text(Help help, String[] lines) {
    StringBuilder text = new StringBuilder();
    int width = help.commandSpec().usageMessage().width();
    for (String line : lines) {
      text.append(broken(line, width, help.colorScheme().ansi())).append(System.lineSeparator());
    }
    return text.toString();
  }

  /** A line with markup, broken where it is wider than so many characters. */
  static String broken(String line, int width, Ansi ansi) {
    String shown = ansi.string(line);
    String plain = MARKUP.matcher(shown).replaceAll("");
    if (plain.length() <= width) {
      return shown;
    }
    Matcher columns = COLUMNS.matcher(plain);
    int begin = plain.length() - plain.stripLeading().length();
    int hang = columns.matches() ? columns.start(3) : begin == 0 ? 0 : begin + INDENT;
    StringBuilder text = new StringBuilder();
    int column = 0;
    int spaces = 0;
    for (String word : Splitter.on(' ').split(shown)) {
      int length = MARKUP.matcher(word).replaceAll("").length();
      if (length == 0) {
        text.append(word);
        spaces++;
        continue;
      }
      if (column > 0 && column + spaces + length > width) {
        text.append(System.lineSeparator()).append(" ".repeat(hang));
        column = hang;
      } else {
        text.append(" ".repeat(spaces));
        column += spaces;
      }
      text.append(word);
      column += length;
      spaces = 1;
    }
    return text.toString();
  }
}
