package io.towtank.scenarios.observe;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.codec.ObjectCodec;
import io.towtank.scenarios.expression.Expression;
import io.towtank.scenarios.expression.Value;
import org.jspecify.annotations.Nullable;

/** Reads a field of an object, and reads it again only when the object has changed. */
final class FieldReading {
  private final Expression.Field field;
  private @Nullable KubeObject seen;
  private Value value;

  FieldReading(Expression.Field field) {
    this.field = field;
    this.value = missing();
  }

  // Objects are immutable: the same instance has the same fields.
  @SuppressWarnings("ReferenceEquality")
  Value value(Settling state) {
    ObjectKey key = field.key();
    KubeObject object = state.get(field.kind(), key.namespace(), key.name());
    if (object != seen) {
      seen = object;
      value = object == null ? missing() : read(object);
    }
    return value;
  }

  private Value read(KubeObject object) {
    JsonNode node = field.path().in(ObjectCodec.write(object));
    if (node.isNumber()) {
      return new Value.Num(node.doubleValue());
    }
    return node.isValueNode()
        ? new Value.Text(node.asText())
        : new Value.Missing(field.kind().name() + " " + field.key() + " has no " + field.path());
  }

  private Value missing() {
    return new Value.Missing("there is no " + field.kind().name() + " " + field.key());
  }
}
