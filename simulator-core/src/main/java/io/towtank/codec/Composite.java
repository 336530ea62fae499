package io.towtank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values that are made of others. */
sealed interface Composite extends Value {
  /** An ImmutableList. */
  record ListOf(Value element) implements Composite {
    @Override
    public Object read(JsonNode node) {
      if (!node.isArray()) {
        throw Scalar.expected("a list", node);
      }
      ImmutableList.Builder<Object> list = ImmutableList.builderWithExpectedSize(node.size());
      for (int i = 0; i < node.size(); i++) {
        try {
          list.add(element.read(node.get(i)));
        } catch (MalformedDocumentException e) {
          throw e.inItem(i);
        }
      }
      return list.build();
    }

    @Override
    public JsonNode write(Object value) {
      ImmutableList<?> list = (ImmutableList<?>) value;
      ArrayNode array = new ArrayNode(JsonNodeFactory.instance, list.size());
      for (int i = 0; i < list.size(); i++) {
        array.add(element.write(list.get(i)));
      }
      return array;
    }

    @Override
    public boolean isNone(Object value) {
      return ((ImmutableList<?>) value).isEmpty();
    }
  }

  /** An ImmutableMap whose keys are texts. */
  record MapOf(Value element) implements Composite {
    @Override
    public Object read(JsonNode node) {
      if (!node.isObject()) {
        throw Scalar.expected("an object", node);
      }
      ImmutableMap.Builder<String, Object> map = ImmutableMap.builderWithExpectedSize(node.size());
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        try {
          map.put(entry.getKey(), element.read(entry.getValue()));
        } catch (MalformedDocumentException e) {
          throw e.inField(entry.getKey());
        }
      }
      return map.buildOrThrow();
    }

    @Override
    public JsonNode write(Object value) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      for (Map.Entry<?, ?> entry : ((ImmutableMap<?, ?>) value).entrySet()) {
        object.set((String) entry.getKey(), element.write(entry.getValue()));
      }
      return object;
    }

    @Override
    public boolean isNone(Object value) {
      return ((ImmutableMap<?, ?>) value).isEmpty();
    }
  }

  /** An enum whose constants print as the words of documents. */
  record EnumOf(ImmutableMap<String, Object> byWord) implements Composite {
    static EnumOf of(Class<?> type) {
      ImmutableMap.Builder<String, Object> byWord = ImmutableMap.builder();
      for (Object constant : type.getEnumConstants()) {
        byWord.put(constant.toString(), constant);
      }
      return new EnumOf(byWord.buildOrThrow());
    }

    @Override
    public Object read(JsonNode node) {
      Object constant = node.isTextual() ? byWord.get(node.textValue()) : null;
      if (constant == null) {
        throw Scalar.expected("one of " + String.join(", ", byWord.keySet()), node);
      }
      return constant;
    }

    @Override
    public JsonNode write(Object value) {
      return new TextNode(value.toString());
    }
  }

  /**
   * A record.
   *
   * @param outsiders fields of its document that the record around it reads
   */
  record RecordOf(Class<?> type, ImmutableSet<String> outsiders) implements Composite {
    @Override
    public Object read(JsonNode node) {
      return RecordShape.of(type).read(node, outsiders);
    }

    @Override
    public JsonNode write(Object value) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      RecordShape.of(type).write(value, object);
      return object;
    }

    /** The record of an empty document. */
    @Nullable Object empty() {
      return RecordShape.of(type).read(JsonNodeFactory.instance.objectNode(), outsiders);
    }
  }
}
