package io.towtank.scenarios.output;

import io.towtank.scenarios.input.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that is there whole or not at all: it is written beside its place and moved there when it
 * is complete. What stood there before stays until then. A device or a pipe, as {@code
 * /dev/stdout}, is written as it goes.
 *
 * <p>Whatever goes wrong when it is written is an {@link InvalidInputException}: a full disk is
 * nothing that Towtank could do better.
 */
public final class WholeFile implements AutoCloseable {
  private final Path asked;
  private final Path target;
  private final Path temporary;
  private @Nullable OutputStream stream;
  private boolean complete;

  private WholeFile(Path asked, Path target, Path temporary) throws IOException {
    this.asked = asked;
    this.target = target;
    this.temporary = temporary;
    this.stream = new Guarded(Files.newOutputStream(temporary));
  }

  /**
   * Begins a file.
   *
   * @throws InvalidInputException where nothing can be written there
   */
  public static WholeFile begin(Path asked) {
    if (asked.toString().isBlank()) {
      throw new InvalidInputException("the name of a file to write is empty");
    }
    Path absolute = asked.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new InvalidInputException(
          asked, "cannot be written: there is no directory " + directory);
    }
    if (Files.isDirectory(absolute)) {
      throw new InvalidInputException(asked, "cannot be written: it is a directory");
    }
    try {
      if (Files.exists(absolute) && !Files.isRegularFile(absolute)) {
        return new WholeFile(asked, absolute, absolute);
      }
      // What a link leads to is written, and the link stays.
      Path target = Files.exists(absolute) ? absolute.toRealPath() : absolute;
      // Not a temporary file of the JDK's making, which nobody else could read.
      String name = "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part";
      return new WholeFile(asked, target, target.resolveSibling(name));
    } catch (IOException e) {
      throw cannotBeWritten(asked, e);
    }
  }

  private static InvalidInputException cannotBeWritten(Path file, IOException why) {
    InvalidInputException problem =
        new InvalidInputException(file, "cannot be written: " + reason(why));
    problem.initCause(why);
    return problem;
  }

  private static String reason(IOException why) {
    return switch (why) {
      case AccessDeniedException denied -> "permission denied";
      case FileSystemException system when system.getReason() != null -> system.getReason();
      case FileSystemException system -> "no file can be made there";
      default -> String.valueOf(why.getMessage());
    };
  }

  /** Where to write; what goes wrong there is an {@link InvalidInputException}. */
  public OutputStream stream() {
    if (stream == null) {
      throw new IllegalStateException(target + " is closed");
    }
    return stream;
  }

  /** Says that all is written: {@link #close} will put the file in its place. */
  public void complete() {
    complete = true;
  }

  /** Puts the file in its place if it is complete, and drops it if it is not. */
  @Override
  public void close() {
    if (stream == null) {
      return;
    }
    try {
      OutputStream open = stream;
      stream = null;
      try {
        open.close();
        if (complete && !temporary.equals(target)) {
          move();
        }
      } finally {
        if (!temporary.equals(target)) {
          Files.deleteIfExists(temporary);
        }
      }
    } catch (IOException e) {
      throw cannotBeWritten(asked, e);
    }
  }

  private void move() throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Says which file it is that cannot be written. */
  private final class Guarded extends OutputStream {
    private final OutputStream out;

    Guarded(OutputStream out) {
      this.out = out;
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      try {
        out.write(bytes, offset, length);
      } catch (IOException e) {
        throw cannotBeWritten(asked, e);
      }
    }

    @Override
    public void flush() {
      try {
        out.flush();
      } catch (IOException e) {
        throw cannotBeWritten(asked, e);
      }
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
