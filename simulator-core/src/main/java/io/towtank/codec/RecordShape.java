package io.towtank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Beside;
import io.towtank.api.Fields;
import io.towtank.api.In;
import io.towtank.api.IntOrString;
import io.towtank.api.Named;
import io.towtank.api.OmitEmpty;
import io.towtank.api.Quantity;
import io.towtank.api.Rfc3339;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How records of one class are read from documents and written: found once, by reflection. */
final class RecordShape {
  private static final ClassValue<RecordShape> SHAPES =
      new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
          return new RecordShape(type);
        }
      };

  private final Class<?> type;
  private final Accessor constructor;
  private final ImmutableList<Component> components;
  private final Map<String, Integer> byName = new HashMap<>();
  private final int rest;

  /**
   * A component that is a field of documents.
   *
   * @param inside the field of the same document in whose object the field is, null for the
   *     document itself
   * @param optional whether null stands for an absent field
   */
  private record Component(
      String name,
      @Nullable String inside,
      Class<?> type,
      Value value,
      Accessor accessor,
      boolean optional,
      boolean omitEmpty) {
    @Nullable Object get(Object record) {
      return accessor.get(record);
    }

    /** What the component is where the document has no such field. */
    @Nullable Object absent() {
      if (value instanceof Scalar scalar) {
        return switch (scalar) {
          case TIME, MICRO_TIME -> Timestamps.NONE;
          case REVISION -> 0L;
          case INT -> optional ? null : (Object) 0;
          case LONG -> optional ? null : (Object) 0L;
          case DOUBLE -> optional ? null : (Object) 0.0;
          case BOOLEAN -> optional ? null : (Object) false;
          case TEXT -> optional ? null : "";
          case UID -> optional ? null : Uid.parse("");
          case QUANTITY -> optional ? null : Quantity.of(0);
          case INT_OR_STRING -> optional ? null : IntOrString.of(0);
          case ANY -> null;
        };
      }
      if (optional) {
        return null;
      }
      return switch ((Composite) value) {
        case Composite.ListOf list -> ImmutableList.of();
        case Composite.MapOf map -> ImmutableMap.of();
        // The record's constructor knows.
        case Composite.EnumOf words -> null;
        case Composite.RecordOf part -> part.empty();
      };
    }

    boolean isWritten(@Nullable Object content) {
      if (content == null || value.isNone(content)) {
        return false;
      }
      return !omitEmpty
          || !(content.equals("")
              || content.equals(false)
              || (content instanceof Number number && number.doubleValue() == 0));
    }
  }

  private RecordShape(Class<?> type) {
    if (!type.isRecord()) {
      throw new IllegalArgumentException(type.getName() + " is no record");
    }
    this.type = type;
    RecordComponent[] parts = type.getRecordComponents();
    Map<String, ImmutableSet<String>> outsiders = outsiders(parts);
    Class<?>[] types = new Class<?>[parts.length];
    ImmutableList.Builder<Component> found = ImmutableList.builderWithExpectedSize(parts.length);
    int lastIsRest = -1;
    for (int i = 0; i < parts.length; i++) {
      types[i] = parts[i].getType();
      if (types[i] == Fields.class && i == parts.length - 1) {
        lastIsRest = i;
      }
      Component component = component(parts[i], outsiders);
      found.add(component);
      if (i != lastIsRest && component.inside == null) {
        byName.put(component.name, i);
      }
    }
    try {
      constructor = new Accessor(type.getDeclaredConstructor(types));
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(type.getName() + " cannot be reached", e);
    }
    components = found.build();
    rest = lastIsRest;
  }

  /** The shape of a record class. */
  static RecordShape of(Class<?> type) {
    return SHAPES.get(type);
  }

  /** Fields that are read by a record around the one that the document has them in. */
  private static Map<String, ImmutableSet<String>> outsiders(RecordComponent[] parts) {
    Map<String, ImmutableSet<String>> outsiders = new HashMap<>();
    for (RecordComponent part : parts) {
      String inside = inside(part);
      if (inside != null) {
        outsiders.merge(
            inside,
            ImmutableSet.of(name(part)),
            (a, b) -> ImmutableSet.<String>builder().addAll(a).addAll(b).build());
      }
    }
    return outsiders;
  }

  private static String name(RecordComponent part) {
    Named named = part.getAnnotation(Named.class);
    return named == null ? part.getName() : named.value();
  }

  private static @Nullable String inside(RecordComponent part) {
    if (part.isAnnotationPresent(Beside.class)) {
      return "metadata";
    }
    In in = part.getAnnotation(In.class);
    return in == null ? null : in.value();
  }

  private static Component component(
      RecordComponent part, Map<String, ImmutableSet<String>> outsiders) {
    String name = name(part);
    Rfc3339 time = part.getAnnotation(Rfc3339.class);
    Value value;
    if (time != null) {
      value = time.micros() ? Scalar.MICRO_TIME : Scalar.TIME;
    } else if (part.isAnnotationPresent(Beside.class)) {
      value = Scalar.REVISION;
    } else {
      value = value(part.getGenericType(), outsiders.getOrDefault(name, ImmutableSet.of()));
    }
    return new Component(
        name,
        inside(part),
        part.getType(),
        value,
        new Accessor(part.getAccessor()),
        !part.getType().isPrimitive()
            && part.getAnnotatedType().isAnnotationPresent(Nullable.class),
        part.isAnnotationPresent(OmitEmpty.class));
  }

  private static Value value(Type type, ImmutableSet<String> outsiders) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == ImmutableList.class) {
        return new Composite.ListOf(value(arguments[0], ImmutableSet.of()));
      }
      if (generic.getRawType() == ImmutableMap.class && arguments[0] == String.class) {
        return new Composite.MapOf(value(arguments[1], ImmutableSet.of()));
      }
    } else if (type instanceof Class<?> simple) {
      Scalar scalar = scalar(simple);
      if (scalar != null) {
        return scalar;
      }
      if (simple.isEnum()) {
        return Composite.EnumOf.of(simple);
      }
      if (simple.isRecord()) {
        return new Composite.RecordOf(simple, outsiders);
      }
    }
    throw new IllegalArgumentException("documents cannot have a " + type.getTypeName());
  }

  private static @Nullable Scalar scalar(Class<?> type) {
    if (type == String.class) {
      return Scalar.TEXT;
    } else if (type == int.class || type == Integer.class) {
      return Scalar.INT;
    } else if (type == long.class || type == Long.class) {
      return Scalar.LONG;
    } else if (type == boolean.class || type == Boolean.class) {
      return Scalar.BOOLEAN;
    } else if (type == double.class || type == Double.class) {
      return Scalar.DOUBLE;
    } else if (type == Quantity.class) {
      return Scalar.QUANTITY;
    } else if (type == IntOrString.class) {
      return Scalar.INT_OR_STRING;
    } else if (type == Uid.class) {
      return Scalar.UID;
    } else if (JsonNode.class.isAssignableFrom(type) || type == Fields.class) {
      // Fields are the rest; as such they are handled by the record.
      return Scalar.ANY;
    }
    return null;
  }

  /**
   * Reads a record.
   *
   * @param skipped fields that somebody else reads
   */
  Object read(JsonNode document, Set<String> skipped) {
    if (!document.isObject()) {
      throw Scalar.expected("an object", document);
    }
    @Nullable Object[] arguments = new @Nullable Object[components.size()];
    boolean[] present = new boolean[components.size()];
    Map<String, JsonNode> unread = null;
    for (Map.Entry<String, JsonNode> field : document.properties()) {
      JsonNode content = field.getValue();
      if (content.isNull() || (!skipped.isEmpty() && skipped.contains(field.getKey()))) {
        continue;
      }
      Integer index = byName.get(field.getKey());
      if (index != null) {
        arguments[index] = read(components.get(index), content);
        present[index] = true;
      } else if (rest >= 0) {
        unread = unread == null ? new TreeMap<>() : unread;
        unread.put(field.getKey(), content.deepCopy());
      } else {
        throw new MalformedDocumentException(
            "",
            "unknown field \""
                + field.getKey()
                + "\", known are "
                + String.join(", ", ImmutableList.sortedCopyOf(byName.keySet())));
      }
    }
    for (int i = 0; i < arguments.length; i++) {
      if (present[i]) {
        continue;
      }
      if (i == rest) {
        arguments[i] = unread == null ? Fields.NONE : Fields.of(unread);
        continue;
      }
      Component component = components.get(i);
      if (component.inside != null) {
        JsonNode content = document.path(component.inside).path(component.name);
        if (!content.isMissingNode() && !content.isNull()) {
          try {
            arguments[i] = read(component, content);
          } catch (MalformedDocumentException e) {
            throw e.inField(component.inside);
          }
          continue;
        }
      }
      arguments[i] = component.absent();
    }
    return constructor.construct(arguments);
  }

  private static Object read(Component component, JsonNode content) {
    try {
      return component.value.read(content);
    } catch (MalformedDocumentException e) {
      throw e.inField(component.name);
    }
  }

  /** Writes a record's fields into a document. */
  void write(Object record, ObjectNode document) {
    if (!type.isInstance(record)) {
      throw new IllegalArgumentException(record.getClass() + " is no " + type);
    }
    for (int i = 0; i < components.size(); i++) {
      if (i == rest) {
        continue;
      }
      Component component = components.get(i);
      Object content = component.get(record);
      if (content == null || !component.isWritten(content)) {
        continue;
      }
      ObjectNode holder =
          component.inside == null ? document : document.withObjectProperty(component.inside);
      holder.set(component.name, component.value.write(content));
    }
    if (rest >= 0 && components.get(rest).get(record) instanceof Fields fields) {
      for (Map.Entry<String, JsonNode> field : fields.byName().entrySet()) {
        document.set(field.getKey(), field.getValue().deepCopy());
      }
    }
  }
}
