import com.google.googlejavaformat.java.Formatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks or applies google-java-format to every Java file of the project.
 *
 * <p>The formatter has to run on a JDK that knows the syntax in use, while Maven may run on an
 * older one; the formatter plugins for Maven run inside Maven's JVM. So the build starts this file
 * with the JDK 25 that it has selected.
 *
 * <p>Usage: {@code java -cp "target/tools/*" src/build/Format.java check|write DIRECTORY}
 */
final class Format {
  public static void main(String[] args) throws Exception {
    boolean write = args[0].equals("write");
    List<Path> different = new ArrayList<>();
    for (Path file : javaFiles(Path.of(args[1]))) {
      String source = Files.readString(file);
      String formatted = new Formatter().formatSourceAndFixImports(source);
      if (!source.equals(formatted)) {
        different.add(file);
        if (write) {
          Files.writeString(file, formatted);
        }
      }
    }
    if (!different.isEmpty()) {
      System.out.println(
          (write ? "Formatted:" : "Not formatted (mvn -N -Pformat verify mends it):"));
      different.forEach(file -> System.out.println("  " + file));
      System.exit(write ? 0 : 1);
    }
  }

  private static List<Path> javaFiles(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !root.relativize(file).toString().matches("(.*/)?(target|\\.git)/.*"))
          .sorted()
          .toList();
    }
  }
}
