package io.towtank.cli;

import io.towtank.conformance.ConformanceException;
import io.towtank.manifest.ManifestException;
import io.towtank.scenarios.input.InvalidInputException;
import io.towtank.scenarios.input.PluginFiles;
import io.towtank.scheduler.framework.PluginFailure;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells users what went wrong: their own mistakes in a line, ours with a stack trace. */
final class Mistakes implements IParameterExceptionHandler, IExecutionExceptionHandler {
  @Override
  public int handleParseException(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.println(name + ": " + ParseMistake.message(e));
    err.println("'" + name + " --help' tells what there is.");
    return ExitCode.USER_ERROR;
  }

  @Override
  public int handleExecutionException(
      Exception e, CommandLine command, @Nullable ParseResult result) {
    PrintWriter err = command.getErr();
    if (e instanceof ManifestException
        || e instanceof InvalidInputException
        || e instanceof PluginFailure
        || e instanceof ConformanceException) {
      err.println(e.getMessage());
      return ExitCode.USER_ERROR;
    }
    if (isOfPlugin(e)) {
      err.println("a scheduler plugin failed: " + e);
      printUntilTowtank(e, err);
      return ExitCode.USER_ERROR;
    }
    err.println("towtank: this is a bug of Towtank and not a mistake of yours. Please report it,");
    err.println("with the command that led to it, its input, and what follows.");
    e.printStackTrace(err);
    return ExitCode.BUG;
  }

  private static boolean isTowtanks(StackTraceElement frame) {
    return frame.getClassName().startsWith("io.towtank.")
        && !PluginFiles.LOADER.equals(frame.getClassLoaderName());
  }

  /** Whether it was code of a user's plugin, or what that called, and not Towtank's. */
  private static boolean isOfPlugin(Exception e) {
    for (StackTraceElement frame : e.getStackTrace()) {
      if (isTowtanks(frame)) {
        return false;
      }
      if (PluginFiles.LOADER.equals(frame.getClassLoaderName())) {
        return true;
      }
    }
    return false;
  }

  private static void printUntilTowtank(Exception e, PrintWriter err) {
    for (StackTraceElement frame : e.getStackTrace()) {
      if (isTowtanks(frame)) {
        return;
      }
      err.println(
          "  at %s.%s (%s:%d)"
              .formatted(
                  frame.getClassName(),
                  frame.getMethodName(),
                  frame.getFileName(),
                  frame.getLineNumber()));
    }
  }
}
