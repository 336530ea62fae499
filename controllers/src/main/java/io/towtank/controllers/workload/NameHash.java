package io.towtank.controllers.workload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
    int hash = fnv1a(FNV_OFFSET, sorted(document).toString().getBytes(StandardCharsets.UTF_8));
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

  private static JsonNode sorted(JsonNode node) {
    if (node instanceof ObjectNode object) {
      Map<String, JsonNode> fields = new TreeMap<>();
      object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
      ObjectNode result = object.objectNode();
      fields.forEach(result::set);
      return result;
    }
    if (node.isArray()) {
      ArrayNode result = JsonNodeFactory.instance.arrayNode();
      node.forEach(element -> result.add(sorted(element)));
      return result;
    }
    return node;
  }
}
