package io.towtank.controllers.workload;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The hashes in the names of ReplicaSets and ControllerRevisions.
 *
 * <p>As in Kubernetes they are 32-bit FNV of what is named, then of a collision count, written in
 * an alphabet that makes no words. What is hashed differs: there it is the print of a Go struct,
 * which changes with every release; here JSON with sorted keys. So the hashes have the same form
 * and the same meaning, but other values than in a real cluster.
 */
public final class NameHash {
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private NameHash() {}

  /** The hash of a document, and of how often it has met another with the same hash. */
  public static String of(JsonNode document, @Nullable Integer collisionCount) {
    StringBuilder json = new StringBuilder();
    write(document, json);
    int hash = fnv1a(FNV_OFFSET, json.toString().getBytes(StandardCharsets.UTF_8));
    if (collisionCount != null) {
      byte[] count = new byte[8];
      for (int i = 0; i < 4; i++) {
        count[i] = (byte) (collisionCount >>> (8 * i));
      }
      hash = fnv1a(hash, count);
    }
    StringBuilder text = new StringBuilder();
    for (char digit : Integer.toUnsignedString(hash).toCharArray()) {
      // rand.SafeEncodeString
      text.append(ALPHABET.charAt(digit % ALPHABET.length()));
    }
    return text.toString();
  }

  private static int fnv1a(int start, byte[] bytes) {
    int hash = start;
    for (byte b : bytes) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** As a node prints itself but with sorted keys; and without Jackson's mapper, a slow starter. */
  private static void write(JsonNode node, StringBuilder json) {
    switch (node.getNodeType()) {
      case OBJECT -> {
        Map<String, JsonNode> fields = new TreeMap<>();
        node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        char separator = '{';
        for (Map.Entry<String, JsonNode> field : fields.entrySet()) {
          json.append(separator);
          quote(field.getKey(), json);
          json.append(':');
          write(field.getValue(), json);
          separator = ',';
        }
        json.append(fields.isEmpty() ? "{}" : "}");
      }
      case ARRAY -> {
        char separator = '[';
        for (JsonNode element : node) {
          json.append(separator);
          write(element, json);
          separator = ',';
        }
        json.append(node.isEmpty() ? "[]" : "]");
      }
      case STRING -> quote(node.textValue(), json);
      default -> json.append(node.asText());
    }
  }

  private static void quote(String text, StringBuilder json) {
    json.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    json.append('"');
  }
}
