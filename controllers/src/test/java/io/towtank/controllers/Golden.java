package io.towtank.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.codec.ObjectCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** What the real controllers did, as recorded. */
public final class Golden {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Golden() {}

  /** The lines of a file. */
  public static List<JsonNode> read(String name) {
    List<JsonNode> lines = new ArrayList<>();
    try (InputStream packed = Golden.class.getResourceAsStream("/golden/" + name + ".jsonl.gz");
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(JSON.readTree(line));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  /** The objects of a list, which may be null. */
  public static <T extends KubeObject> List<T> objects(Kind<T> kind, JsonNode list) {
    List<T> objects = new ArrayList<>();
    list.forEach(document -> objects.add(ObjectCodec.read(kind, document)));
    return objects;
  }
}
