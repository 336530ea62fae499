package io.towtank.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Condition;
import io.towtank.api.GenericObject;
import io.towtank.api.Hash64;
import io.towtank.api.KubeObject;
import io.towtank.api.PodSpec;
import io.towtank.api.Quantity;
import io.towtank.api.Uid;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hashes values by what they consist of: records by their components, found by reflection, so that
 * a new field counts without a word here. Equal values have equal hashes in every JVM; enums count
 * by name, maps and sets without order. What stays the same instance from write to write, specs and
 * most conditions, is hashed once.
 */
final class StructuralHash {
  private static final long NULL = 0x2545f4914f6cdd1dL;
  private static final ImmutableSet<String> IDENTITY =
      ImmutableSet.of("metadata", "resourceVersion");

  // One type for all, so that calls need no conversion at run time.
  private static final MethodType OBJECT_OF_OBJECT =
      MethodType.methodType(Object.class, Object.class);

  private final IdentityHashes shared;
  private final ClassValue<MethodHandle[]> accessors =
      new ClassValue<>() {
        @Override
        protected MethodHandle[] computeValue(Class<?> type) {
          return accessors(type);
        }
      };

  private final ClassValue<Part[]> parts =
      new ClassValue<>() {
        @Override
        protected Part[] computeValue(Class<?> type) {
          return parts(type);
        }
      };

  /** A part of an object, and whether it often stays the same instance when others change. */
  private record Part(MethodHandle accessor, boolean stays) {}

  /**
   * @param shared remembers the hashes of what objects share
   */
  StructuralHash(IdentityHashes shared) {
    this.shared = shared;
  }

  /** The hash of something that several objects may share, computed once an instance. */
  long ofShared(Object value) {
    int place = IdentityHashes.place(value);
    if (shared.knows(place, value)) {
      return shared.hash(place);
    }
    long hash =
        value instanceof PodSpec || value instanceof Condition
            ? components((Record) value)
            : of(value);
    shared.remember(place, value, hash);
    return hash;
  }

  /** The hash of an object but for its metadata and revision. */
  long ofContent(KubeObject object) {
    if (object instanceof GenericObject generic) {
      return of(generic.content());
    }
    long hash = Hash64.SEED;
    for (Part part : parts.get(object.getClass())) {
      Object value = get(part.accessor, object);
      hash = Hash64.add(hash, part.stays && value != null ? ofShared(value) : of(value));
    }
    return Hash64.mix(hash);
  }

  /**
   * The hash of a value.
   *
   * @throws IllegalArgumentException for a type that no object's field has
   */
  long of(@Nullable Object value) {
    return switch (value) {
      case null -> NULL;
      case String text -> Hash64.of(text);
      case Boolean truth -> truth ? 3 : 5;
      case Integer number -> Hash64.mix(number);
      case Long number -> Hash64.mix(number);
      case Double number -> Hash64.mix(Double.doubleToLongBits(number));
      case Enum<?> constant -> Hash64.of(constant.name());
      case Uid uid -> Hash64.pair(uid.high(), uid.low());
      case Quantity quantity -> Hash64.of(quantity.toString());
      case List<?> list -> list(list);
      case Map<?, ?> map -> map(map);
      case JsonNode node -> node(node);
      case PodSpec spec -> ofShared(spec);
      case Condition condition -> ofShared(condition);
      case Record record -> components(record);
      default ->
          throw new IllegalArgumentException(
              "a " + value.getClass().getName() + " in an object cannot be hashed");
    };
  }

  private long list(List<?> list) {
    long hash = Hash64.add(Hash64.SEED, list.size());
    for (Object element : list) {
      hash = Hash64.add(hash, of(element));
    }
    return Hash64.mix(hash);
  }

  private long map(Map<?, ?> map) {
    long sum = map.size();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      sum += Hash64.mix(Hash64.pair(of(entry.getKey()), of(entry.getValue())));
    }
    return Hash64.mix(sum);
  }

  private long node(JsonNode node) {
    if (node.isObject()) {
      long sum = node.size();
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        sum += Hash64.mix(Hash64.pair(Hash64.of(field.getKey()), node(field.getValue())));
      }
      return Hash64.mix(sum);
    }
    if (node.isArray()) {
      long hash = Hash64.add(Hash64.SEED, ~node.size());
      for (JsonNode element : node) {
        hash = Hash64.add(hash, node(element));
      }
      return Hash64.mix(hash);
    }
    if (node.isNumber()) {
      BigDecimal number = node.decimalValue();
      return Hash64.mix(Hash64.of(number.toString()));
    }
    return Hash64.pair(Hash64.of(node.asText()), Hash64.of(node.getNodeType().name()));
  }

  private long components(Record record) {
    long hash = Hash64.SEED;
    for (MethodHandle accessor : accessors.get(record.getClass())) {
      hash = Hash64.add(hash, of(get(accessor, record)));
    }
    return Hash64.mix(hash);
  }

  private static @Nullable Object get(MethodHandle accessor, Object record) {
    try {
      return (Object) accessor.invokeExact(record);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static Part[] parts(Class<?> type) {
    List<Part> parts = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (!IDENTITY.contains(component.getName())) {
        parts.add(new Part(accessor(type, component), component.getName().equals("spec")));
      }
    }
    return parts.toArray(Part[]::new);
  }

  private static MethodHandle[] accessors(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    MethodHandle[] accessors = new MethodHandle[components.length];
    for (int i = 0; i < accessors.length; i++) {
      accessors[i] = accessor(type, components[i]);
    }
    return accessors;
  }

  private static MethodHandle accessor(Class<?> type, RecordComponent component) {
    try {
      return MethodHandles.lookup().unreflect(component.getAccessor()).asType(OBJECT_OF_OBJECT);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(type + " is not accessible", e);
    }
  }
}
