package io.towtank.cli;

import io.towtank.record.EventLog;
import io.towtank.scenarios.output.WholeFile;
import io.towtank.scenarios.run.RunObserver;
import io.towtank.scenarios.run.RunSummary;
import io.towtank.scenarios.run.SimulatedCluster;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/**
 * Writes every write of a run into a file, a line of JSON each ({@link EventLog} has the fields).
 * The file is there once the run has ended, with all that the summary counts; where the run fails,
 * there is none.
 */
final class EventLogFile implements RunObserver, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final WholeFile file;
  private final Writer lines;

  private EventLogFile(WholeFile file, OutputStream stream) {
    this.file = file;
    this.lines =
        new BufferedWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), BUFFER_BYTES);
  }

  /**
   * Begins a file, compressed where its name ends in .gz.
   *
   * @throws io.towtank.scenarios.input.InvalidInputException where nothing can be written there
   */
  static EventLogFile begin(Path path) throws IOException {
    WholeFile file = WholeFile.begin(path);
    boolean compressed = path.toString().endsWith(".gz");
    return new EventLogFile(
        file, compressed ? new GZIPOutputStream(file.stream(), BUFFER_BYTES) : file.stream());
  }

  @Override
  public void begins(SimulatedCluster cluster) {
    cluster.store().addCommitListener(new EventLog(cluster.simulation(), lines));
  }

  @Override
  public void ended(SimulatedCluster cluster, RunSummary summary) {
    try {
      lines.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    file.complete();
  }

  /** Puts the file in its place; drops it where the run did not end. */
  @Override
  public void close() {
    file.close();
  }
}
