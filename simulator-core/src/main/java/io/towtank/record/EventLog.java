package io.towtank.record;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.KubeObject;
import io.towtank.api.Timestamps;
import io.towtank.codec.ObjectCodec;
import io.towtank.store.CommitListener;
import io.towtank.time.SimClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes down every committed write as a line of JSON: {@code revision}, {@code time} (virtual, RFC
 * 3339 with microseconds), {@code type} (ADDED, MODIFIED or DELETED), {@code kind} and {@code
 * object}, which is as written or, where it was deleted, as it last was.
 */
public final class EventLog implements CommitListener {
  private static final ObjectWriter JSON = new ObjectMapper().writer();

  private final SimClock clock;
  private final Appendable out;

  /**
   * @param out takes whole lines; whoever gives it flushes and closes it
   */
  public EventLog(SimClock clock, Appendable out) {
    this.clock = clock;
    this.out = out;
  }

  /**
   * Writes a line.
   *
   * @throws UncheckedIOException where {@code out} does not take it
   */
  @Override
  public void committed(
      @Nullable KubeObject previous, @Nullable KubeObject current, long revision) {
    KubeObject object = current != null ? current : previous;
    if (object == null) {
      throw new IllegalArgumentException("a commit without an object");
    }
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("revision", revision);
    line.put("time", Timestamps.formatMicros(clock.epochNanos()));
    line.put("type", previous == null ? "ADDED" : current == null ? "DELETED" : "MODIFIED");
    line.put("kind", object.kind().name());
    line.set("object", ObjectCodec.write(object));
    try {
      out.append(JSON.writeValueAsString(line)).append('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the log of events", e);
    }
  }
}
