package io.towtank.controllers.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.PodTemplateSpec;
import io.towtank.codec.ObjectCodec;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The {@code pod-template-hash} by which the ReplicaSets of a Deployment, and their pods, differ.
 *
 * <p>As in Kubernetes it is 32-bit FNV-1a, then the collision count, written in an alphabet that
 * makes no words. What is hashed differs: there it is a print of a Go struct, which changes with
 * every release; here the template as JSON with sorted keys. So the hashes have the same form and
 * the same meaning, but other values than in a real cluster.
 */
final class TemplateHash {
  /** The label that bears the hash. */
  static final String LABEL = "pod-template-hash";

  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final int FNV_OFFSET = 0x811c9dc5;
  private static final int FNV_PRIME = 0x01000193;

  private TemplateHash() {}

  /** The hash of a template, and of how often it has met another with the same hash. */
  static String of(PodTemplateSpec template, @Nullable Integer collisionCount) {
    int hash =
        fnv1a(
            FNV_OFFSET,
            sorted(ObjectCodec.writePart(template)).toString().getBytes(StandardCharsets.UTF_8));
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
