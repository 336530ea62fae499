package io.towtank.scenarios.input;

import com.google.common.collect.ImmutableList;
import io.towtank.validation.DidYouMean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Finds and reads the files that users name. */
public final class InputFiles {
  private static final int BUFFER_BYTES = 1 << 16;

  /** With which some programs, as Excel, begin a text. */
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private static final String PATTERN_CHARACTERS = "*?[{";
  private static final PathMatcher MANIFESTS =
      FileSystems.getDefault().getPathMatcher("glob:*.{yaml,yml,json}");

  private InputFiles() {}

  /**
   * The files that a name stands for, in the order of their names: the file itself, the .yaml, .yml
   * and .json files of a directory, or what matches a pattern such as {@code apps/*.yaml}.
   *
   * @param recursive whether those of the directories below a directory belong to it (kubectl: -R)
   * @throws InvalidInputException where there is none
   */
  public static ImmutableList<Path> find(Path directory, String name, boolean recursive) {
    if (name.isBlank()) {
      throw new InvalidInputException("a name of a file is empty");
    }
    Path path;
    try {
      path = directory.resolve(name);
    } catch (InvalidPathException e) {
      throw new InvalidInputException("\"" + name + "\" is no name of a file: " + e.getReason());
    }
    if (Files.isDirectory(path)) {
      return manifests(path, recursive);
    }
    String last = String.valueOf(path.getFileName());
    Path parent = path.getParent();
    boolean pattern = last.chars().anyMatch(c -> PATTERN_CHARACTERS.indexOf(c) >= 0);
    if (!Files.exists(path) && pattern) {
      return matching(
          parent == null ? Path.of("") : parent,
          FileSystems.getDefault().getPathMatcher("glob:" + last),
          path);
    }
    if (!Files.exists(path)) {
      String similar = similar(path);
      throw new InvalidInputException(
          path, "there is no such file" + (similar == null ? "" : "; " + similar));
    }
    return ImmutableList.of(path);
  }

  private static ImmutableList<Path> manifests(Path directory, boolean recursive) {
    ImmutableList.Builder<Path> found = ImmutableList.builder();
    collect(directory, recursive, found);
    ImmutableList<Path> files = found.build();
    if (files.isEmpty()) {
      ImmutableList.Builder<Path> below = ImmutableList.builder();
      collect(directory, true, below);
      int more = below.build().size();
      throw new InvalidInputException(
          directory,
          "there is no .yaml, .yml or .json file in this directory"
              + (more == 0 ? "" : "; -R reads the " + more + " in the directories below it"));
    }
    return files;
  }

  /** What is in a directory comes in the order of the names, what is below it where it stands. */
  private static void collect(
      Path directory, boolean recursive, ImmutableList.Builder<Path> files) {
    for (Path entry : entries(directory)) {
      if (recursive && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        collect(entry, true, files);
      } else if (MANIFESTS.matches(entry.getFileName()) && Files.isRegularFile(entry)) {
        files.add(entry);
      }
    }
  }

  private static List<Path> entries(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted(Comparator.comparing(entry -> entry.getFileName().toString())).toList();
    } catch (IOException e) {
      throw InvalidInputException.unreadable(directory, e);
    }
  }

  private static ImmutableList<Path> matching(Path directory, PathMatcher matcher, Path asked) {
    ImmutableList<Path> files =
        entries(directory).stream()
            .filter(entry -> matcher.matches(entry.getFileName()) && Files.isRegularFile(entry))
            .collect(ImmutableList.toImmutableList());
    if (files.isEmpty()) {
      throw new InvalidInputException(asked, "no file matches this pattern");
    }
    return files;
  }

  /** Advice where a file is not there and one of a similar name is; null where none is. */
  public static @Nullable String similar(Path missing) {
    Path directory = missing.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      return null;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      List<String> names =
          entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
      String closest = DidYouMean.closest(String.valueOf(missing.getFileName()), names);
      return closest == null ? null : "did you mean \"" + closest + "\"?";
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * The lines of a file, which may be compressed as its ending {@code .gz} says. What is no UTF-8
   * is told when it is read.
   */
  public static BufferedReader lines(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    try {
      InputStream plain =
          file.toString().endsWith(".gz") ? new GZIPInputStream(bytes, BUFFER_BYTES) : bytes;
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  plain,
                  StandardCharsets.UTF_8
                      .newDecoder()
                      .onMalformedInput(CodingErrorAction.REPORT)
                      .onUnmappableCharacter(CodingErrorAction.REPORT)),
              BUFFER_BYTES);
      lines.mark(1);
      if (lines.read() != BYTE_ORDER_MARK) {
        lines.reset();
      }
      return lines;
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  /**
   * A file's text.
   *
   * @throws InvalidInputException where it cannot be read
   */
  public static String read(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw InvalidInputException.unreadable(file, e);
    }
  }
}
