package io.towtank.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.IntOrString;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.Quantity;
import io.towtank.api.Uid;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;

/** Objects of which every field has a value, no two the same, made by reflection. */
final class Samples {
  private int last;

  /**
   * @param first where values begin: the same gives equal objects
   */
  Samples(int first) {
    this.last = first;
  }

  /** An object of a kind. */
  <T extends KubeObject> T of(Kind<T> kind) {
    return kind.type().cast(value(kind.type()));
  }

  /** Another value of a type. */
  Object value(Type type) {
    last++;
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Class<?> raw = (Class<?>) generic.getRawType();
      if (raw == ImmutableList.class) {
        return ImmutableList.of(value(arguments[0]), value(arguments[0]));
      }
      if (raw == ImmutableMap.class) {
        return ImmutableMap.of("a" + last, value(arguments[1]), "b" + last, value(arguments[1]));
      }
      if (raw == ImmutableSortedMap.class) {
        return ImmutableSortedMap.of("a" + last, value(arguments[1]));
      }
      throw new IllegalArgumentException("no sample of " + type);
    }
    Class<?> plain = (Class<?>) type;
    if (plain == String.class) {
      return "s" + last;
    } else if (plain == long.class || plain == Long.class) {
      return (long) last;
    } else if (plain == int.class || plain == Integer.class) {
      return last;
    } else if (plain == boolean.class || plain == Boolean.class) {
      return true;
    } else if (plain == Uid.class) {
      return Uid.of(last, last);
    } else if (plain == Quantity.class) {
      return Quantity.of(last);
    } else if (plain == IntOrString.class) {
      return IntOrString.of(last);
    } else if (plain == Fields.class) {
      JsonNode node = JsonNodeFactory.instance.objectNode().put("x", last).put("y", "z" + last);
      return Fields.of(Map.of("f" + last, node));
    } else if (plain == JsonNode.class) {
      return JsonNodeFactory.instance.numberNode(last);
    } else if (plain.isEnum()) {
      return plain.getEnumConstants()[0];
    } else if (plain.isRecord() && plain != GenericObject.class) {
      return record(plain);
    }
    throw new IllegalArgumentException("no sample of " + type);
  }

  /** A value of the same type that is not equal. */
  Object other(Type type, Object value) {
    return switch (value) {
      case Boolean truth -> !truth;
      case Enum<?> constant -> constant.getDeclaringClass().getEnumConstants()[1];
      default -> value(type);
    };
  }

  private Object record(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      values[i] = value(components[i].getGenericType());
    }
    return construct(type, components, values);
  }

  static Object construct(Class<?> type, RecordComponent[] components, Object[] values) {
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a " + type, e);
    }
  }

  static Object[] values(Record record) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      try {
        values[i] = components[i].getAccessor().invoke(record);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return values;
  }

  /** Whether a type's fields are looked into, rather than taken as one value. */
  static boolean isComposite(Object value) {
    return value instanceof Record && !(value instanceof Fields || value instanceof IntOrString);
  }

  static List<RecordComponent> components(Record record) {
    return List.of(record.getClass().getRecordComponents());
  }
}
