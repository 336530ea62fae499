package io.towtank.cli;

import com.google.common.collect.ImmutableList;
import io.towtank.validation.DidYouMean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in a sentence with what would be right. */
final class ParseMistake {
  private static final String QUOTE = "\"";

  /** What picocli's own command help says. */
  private static final Pattern UNKNOWN_COMMAND = Pattern.compile("Unknown subcommand '(.*)'\\.?");

  private ParseMistake() {}

  /** The message, which does not name the command. */
  static String message(ParameterException e) {
    CommandLine command = e.getCommandLine();
    return switch (e) {
      case UnmatchedArgumentException unmatched -> unmatched(command, unmatched);
      case MissingParameterException missing -> missing(missing);
      case OverwrittenOptionException twice ->
          name(twice.getOverwritten()) + " is given twice; say it once";
      default -> other(e);
    };
  }

  // What is not known

  private static String unmatched(CommandLine command, UnmatchedArgumentException e) {
    String argument = e.getUnmatched().getFirst();
    if (e.isUnknownOption()) {
      return unknownOption(command, option(argument));
    }
    return command.getSubcommands().isEmpty()
        ? "there is nothing that " + quoted(argument) + " could be: it is one too many"
        : noCommand(command, argument);
  }

  private static String noCommand(CommandLine command, String name) {
    return "there is no command "
        + quoted(name)
        + suggestion(DidYouMean.advice(name, command.getSubcommands().keySet()));
  }

  private static String option(String argument) {
    int equals = argument.indexOf('=');
    return equals < 0 ? argument : argument.substring(0, equals);
  }

  private static String unknownOption(CommandLine command, String option) {
    String message = "there is no option " + option;
    Set<String> names = new TreeSet<>(command.getCommandSpec().optionsMap().keySet());
    String closest = option.startsWith("--") ? DidYouMean.closest(option, names) : null;
    if (closest != null) {
      return message + "; did you mean " + closest + "?";
    }
    List<String> others = new ArrayList<>();
    withOption(Towtank.commandLine(), option, others);
    return others.isEmpty()
        ? message
        : message
            + " of "
            + command.getCommandSpec().qualifiedName()
            + ", but of "
            + String.join(", ", others);
  }

  private static void withOption(CommandLine command, String option, List<String> names) {
    if (command.getCommandSpec().optionsMap().containsKey(option)) {
      names.add(command.getCommandSpec().qualifiedName());
    }
    for (CommandLine sub : command.getSubcommands().values()) {
      withOption(sub, option, names);
    }
  }

  // What is missing

  private static String missing(MissingParameterException e) {
    ImmutableList<ArgSpec> missing = ImmutableList.copyOf(e.getMissing());
    ArgSpec first = missing.isEmpty() ? e.getArgSpec() : missing.getFirst();
    if (first == null) {
      return "something is missing: " + e.getMessage();
    }
    if (!first.isOption()) {
      int least = first.arity().min();
      return (least > 1 ? least + " or more of " : "")
          + missing.stream().map(ParseMistake::name).collect(Collectors.joining(", "))
          + (least > 1 || missing.size() > 1 ? " are" : " is")
          + " missing: "
          + description(first);
    }
    return first.required() && !missing.isEmpty()
        ? missing.stream().map(ParseMistake::name).collect(Collectors.joining(", "))
            + (missing.size() > 1 ? " are" : " is")
            + " missing: "
            + description(first)
        : name(first) + " needs a value, " + first.paramLabel() + ": " + description(first);
  }

  // What has no meaning

  private static String other(ParameterException e) {
    ArgSpec arg = e.getArgSpec();
    if (arg == null) {
      Matcher command = UNKNOWN_COMMAND.matcher(String.valueOf(e.getMessage()));
      return command.matches()
          ? noCommand(e.getCommandLine(), command.group(1))
          : String.valueOf(e.getMessage());
    }
    String value = e.getValue();
    if (!arg.isOption() && value == null) {
      return (arg.arity().min() > 1 ? arg.arity().min() + " or more of " : "")
          + name(arg)
          + " are needed: "
          + description(arg);
    }
    Class<?> type = arg.type();
    String given = name(arg) + ": " + quoted(value == null ? "" : value);
    if (type.isEnum()) {
      List<String> words = new ArrayList<>();
      for (Object constant : type.getEnumConstants()) {
        words.add(constant.toString().toLowerCase(Locale.ROOT));
      }
      return given + " is not known here" + suggestion(oneOf(value, words));
    }
    if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
      return given + " is no whole number" + (isLarge(value) ? " that it can be" : "");
    }
    if (type == Double.class || type == double.class) {
      return given + " is no number";
    }
    if (type == Boolean.class || type == boolean.class) {
      return name(arg) + " takes no value, and is given " + quoted(value == null ? "" : value);
    }
    return name(arg) + ": " + cause(e);
  }

  private static @Nullable String oneOf(@Nullable String value, List<String> words) {
    String closest = value == null ? null : DidYouMean.closest(value, words);
    return closest == null
        ? "it is "
            + String.join(", ", words.subList(0, words.size() - 1))
            + " or "
            + words.getLast()
        : "did you mean " + quoted(closest) + "?";
  }

  private static boolean isLarge(@Nullable String value) {
    return value != null && value.matches("[+-]?[0-9]+");
  }

  private static String cause(ParameterException e) {
    return e.getCause() instanceof TypeConversionException cause
        ? String.valueOf(cause.getMessage())
        : String.valueOf(e.getMessage()).replaceFirst("^Invalid value for [^:]*: ", "");
  }

  // Words

  private static String name(@Nullable ArgSpec arg) {
    return arg instanceof OptionSpec option
        ? option.longestName()
        : arg == null ? "an option" : arg.paramLabel();
  }

  /** What an option is for, without what is said in more detail. */
  private static String description(ArgSpec arg) {
    return String.join(" ", arg.description()).replaceFirst("(;| \\(default).*", "");
  }

  private static String suggestion(@Nullable String advice) {
    return advice == null ? "" : "; " + advice;
  }

  private static String quoted(String text) {
    return QUOTE + text + QUOTE;
  }
}
