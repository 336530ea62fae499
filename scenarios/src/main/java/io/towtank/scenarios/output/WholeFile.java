package io.towtank.scenarios.output;

import io.towtank.scenarios.input.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * A file that is there whole or not at all: it is written beside its place and moved there when it
 * is complete. What stood there before stays until then.
 */
public final class WholeFile implements AutoCloseable {
  private final Path target;
  private final Path temporary;
  private @Nullable OutputStream stream;
  private boolean complete;

  private WholeFile(Path target, Path temporary, OutputStream stream) {
    this.target = target;
    this.temporary = temporary;
    this.stream = stream;
  }

  /**
   * Begins a file.
   *
   * @throws InvalidInputException where nothing can be written there
   */
  public static WholeFile begin(Path target) {
    Path absolute = target.toAbsolutePath();
    Path directory = absolute.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new InvalidInputException(
          target, "cannot be written: there is no directory " + directory);
    }
    if (Files.isDirectory(absolute)) {
      throw new InvalidInputException(target, "cannot be written: it is a directory");
    }
    try {
      // Not a temporary file of the JDK's making, which nobody else could read.
      String name = "." + absolute.getFileName() + "." + ProcessHandle.current().pid() + ".part";
      Path temporary = directory.resolve(name);
      return new WholeFile(absolute, temporary, Files.newOutputStream(temporary));
    } catch (IOException e) {
      throw new InvalidInputException(target, "cannot be written: " + e.getMessage());
    }
  }

  /** Where to write. */
  public OutputStream stream() {
    if (stream == null) {
      throw new IllegalStateException(target + " is closed");
    }
    return stream;
  }

  /** Where the bytes are until the file is complete. */
  public Path temporary() {
    return temporary;
  }

  /** Says that all is written: {@link #close} will put the file in its place. */
  public void complete() {
    complete = true;
  }

  /** Puts the file in its place if it is complete, and drops it if it is not. */
  @Override
  public void close() throws IOException {
    if (stream == null) {
      return;
    }
    stream.close();
    stream = null;
    if (!complete) {
      Files.deleteIfExists(temporary);
      return;
    }
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
