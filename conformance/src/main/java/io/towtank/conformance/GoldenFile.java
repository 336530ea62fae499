package io.towtank.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A recording of what Kubernetes did: one JSON document a line.
 *
 * @param name where it is below the directory of golden files, without ending: {@code api/patches}
 * @param place where it is, for messages
 * @param compressed whether it is compressed by gzip
 * @param source opens it
 */
record GoldenFile(String name, String place, boolean compressed, Source source) {
  private static final String PLAIN = ".jsonl";
  private static final String COMPRESSED = ".jsonl.gz";

  /**
   * What is no golden file and may lie beside some: texts, the scripts that make and compare them,
   * the index of those that ship, and what kubectl sessions are made of. Hidden files are nobody's.
   */
  private static final Pattern COMPANIONS =
      Pattern.compile(
          "(.*/)?([^/]+\\.(md|py)|LICENSE[^/]*|NOTICE[^/]*|README[^/]*)"
              + "|files\\.txt|kubectl/[^/]+\\.(txt|yaml)|(.*/)?\\.[^/]+(/.*)?");

  /** Opens a stream. */
  interface Source {
    InputStream open() throws IOException;
  }

  /** A reader of its lines. */
  BufferedReader open() throws IOException {
    InputStream stream = source.open();
    return new BufferedReader(
        new InputStreamReader(
            compressed ? new GZIPInputStream(stream) : stream, StandardCharsets.UTF_8));
  }

  /**
   * All golden files below a directory, in order of their names. What explains or makes them may
   * lie beside them ({@link #COMPANIONS}); any other file is a mistake, so that none is passed over
   * in silence.
   *
   * @throws ConformanceException where there is no such directory, no golden file in it, or a file
   *     that is neither
   */
  static List<GoldenFile> in(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new ConformanceException(directory + ": no such directory");
    }
    List<GoldenFile> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = directory.relativize(file).toString().replace('\\', '/');
        if (isGolden(name)) {
          found.add(of(name, file.toString(), () -> Files.newInputStream(file)));
        } else if (!COMPANIONS.matcher(name).matches()) {
          throw new ConformanceException(
              file
                  + ": no kind of file that there is in golden data; golden files are called"
                  + " NAME.jsonl or NAME.jsonl.gz, and beside them there may be README.md (*.md),"
                  + " LICENSE, NOTICE, scripts (*.py), files.txt, and in kubectl/ the lists of"
                  + " commands (*.txt) and their manifests (*.yaml)");
        }
      }
    } catch (IOException e) {
      throw new ConformanceException(directory + ": cannot be read: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw new ConformanceException(
          directory
              + ": no golden files here; they are named as api/quantities.jsonl or"
              + " api/quantities.jsonl.gz");
    }
    return found;
  }

  /** The golden files that ship with Towtank, in order of their names. */
  static List<GoldenFile> shipped() {
    List<GoldenFile> files = new ArrayList<>();
    try (BufferedReader index =
        new BufferedReader(
            new InputStreamReader(resource("files.txt").openStream(), StandardCharsets.UTF_8))) {
      for (String name : index.lines().filter(line -> !line.isBlank()).toList()) {
        URL resource = resource(name);
        files.add(of(name, name, resource::openStream));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the golden files that ship with Towtank", e);
    }
    return files;
  }

  private static URL resource(String name) {
    URL resource = GoldenFile.class.getResource("/golden/" + name);
    if (resource == null) {
      throw new IllegalStateException("the resource golden/" + name + " is missing");
    }
    return resource;
  }

  private static boolean isGolden(String name) {
    return name.endsWith(PLAIN) || name.endsWith(COMPRESSED);
  }

  private static GoldenFile of(String fileName, String place, Source source) {
    boolean compressed = fileName.endsWith(COMPRESSED);
    int ending = compressed ? COMPRESSED.length() : PLAIN.length();
    return new GoldenFile(
        fileName.substring(0, fileName.length() - ending), place, compressed, source);
  }
}
