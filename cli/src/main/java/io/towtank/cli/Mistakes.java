package io.towtank.cli;

import io.towtank.conformance.ConformanceException;
import io.towtank.manifest.ManifestException;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.validation.DidYouMean;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells users what went wrong: their own mistakes in a line, ours with a stack trace. */
final class Mistakes implements IParameterExceptionHandler, IExecutionExceptionHandler {
  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("towtank: " + e.getMessage());
    if (e instanceof UnmatchedArgumentException unmatched
        && !command.getSubcommands().isEmpty()
        && !unmatched.getUnmatched().isEmpty()) {
      String wrong = unmatched.getUnmatched().getFirst();
      String advice = DidYouMean.advice(wrong, command.getSubcommands().keySet());
      err.println("there is no command \"" + wrong + "\"" + (advice == null ? "" : "; " + advice));
    } else if (!UnmatchedArgumentException.printSuggestions(e, err)) {
      err.println("'" + command.getCommandSpec().qualifiedName() + " --help' tells what there is.");
    }
    return ExitCode.USER_ERROR;
  }

  @Override
  public int handleExecutionException(
      Exception e, CommandLine command, @Nullable ParseResult result) {
    PrintWriter err = command.getErr();
    if (e instanceof ManifestException
        || e instanceof InvalidInputException
        || e instanceof ConformanceException
        || e instanceof ConfigurationException) {
      err.println(e.getMessage());
      return ExitCode.USER_ERROR;
    }
    err.println("towtank: this is a bug of Towtank and not a mistake of yours. Please report it,");
    err.println("with the command that led to it, its input, and what follows.");
    e.printStackTrace(err);
    return ExitCode.BUG;
  }
}
