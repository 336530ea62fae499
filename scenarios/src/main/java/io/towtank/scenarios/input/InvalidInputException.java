package io.towtank.scenarios.input;

import com.google.common.collect.ImmutableList;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Problem;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * What a user gave is wrong, and no place in a file can be named for it: an option, or a file as a
 * whole. What has a place is a {@link ManifestException}.
 */
public final class InvalidInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A problem; the message is all that the user is shown. */
  public InvalidInputException(String message) {
    super(message);
  }

  /** A problem with a file as a whole. */
  public InvalidInputException(Path file, String problem) {
    super(file + ": " + problem);
  }

  /** A problem at a place in a table. */
  public static ManifestException at(
      Path file, long line, int column, String name, String problem, @Nullable String suggestion) {
    return new ManifestException(
        ImmutableList.of(
            new Problem(file.toString(), (int) line, column, name, problem, suggestion)));
  }

  /** A file cannot be read. */
  public static InvalidInputException unreadable(Path file, IOException why) {
    String reason =
        switch (why) {
          case NoSuchFileException missing -> "there is no such file";
          case AccessDeniedException denied -> "may not be read (permission denied)";
          case CharacterCodingException coding -> "is no UTF-8 text";
          case ZipException zip -> "is no gzip file, as its name says it is";
          case EOFException end -> "is cut off: what it holds compressed ends too early";
          default ->
              Files.isDirectory(file)
                  ? "is a directory, and a file is wanted"
                  : "cannot be read: " + why.getMessage();
        };
    InvalidInputException problem = new InvalidInputException(file, reason);
    problem.initCause(why);
    return problem;
  }
}
