package io.towtank.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.ContainerStatus;
import io.towtank.api.Fields;
import io.towtank.api.IntOrString;
import io.towtank.api.Kind;
import io.towtank.api.PodCondition;
import io.towtank.api.PodSpec;
import io.towtank.api.PodTemplateSpec;
import io.towtank.api.Quantity;
import io.towtank.api.Uid;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A hash of 64 bits of what an object holds. It is the same on every machine and in every run: no
 * identity, no order of a hash table and no enum's hash code has a part in it.
 *
 * <p>What many objects share (a template's spec, label maps, conditions of one second) is hashed
 * once and remembered by identity; only looked up, so that the order of that table does not matter.
 */
final class Fingerprints {
  private static final int MOST_REMEMBERED = 1 << 15;

  private static final ClassValue<MethodHandle[]> ACCESSORS =
      new ClassValue<>() {
        @Override
        protected MethodHandle[] computeValue(Class<?> type) {
          RecordComponent[] components = type.getRecordComponents();
          MethodHandle[] accessors = new MethodHandle[components.length];
          for (int i = 0; i < components.length; i++) {
            try {
              accessors[i] =
                  MethodHandles.publicLookup()
                      .unreflect(components[i].getAccessor())
                      .asType(MethodType.methodType(Object.class, Object.class));
            } catch (IllegalAccessException e) {
              throw new IllegalStateException(type + " is not public", e);
            }
          }
          return accessors;
        }
      };

  private final IdentityHashMap<Object, Long> remembered = new IdentityHashMap<>();

  /** The fingerprint of a value of the object model. */
  long of(@Nullable Object value) {
    return switch (value) {
      case null -> 0x51ed270b27b4f3cfL;
      case String text -> text(text);
      case Long number -> mix(number);
      case Integer number -> mix(number);
      case Boolean truth -> truth ? 3 : 5;
      case Double number -> mix(Double.doubleToLongBits(number));
      case Enum<?> constant -> text(constant.name());
      case Uid uid -> mix(uid.high() * 31 + uid.low());
      case Quantity quantity -> text(quantity.toString());
      case IntOrString either -> text(either.toString());
      case Kind<?> kind -> text(kind.toString());
      case JsonNode node -> text(node.toString());
      case Fields fields -> fields.isEmpty() ? 7 : map(fields.byName());
      case ImmutableMap<?, ?> map -> map.isEmpty() ? 11 : shared(map);
      case ImmutableList<?> list -> list(list);
      case PodSpec spec -> shared(spec);
      case PodTemplateSpec template -> shared(template);
      case PodCondition condition -> shared(condition);
      case ContainerStatus status -> shared(status);
      case Record record -> components(record);
      default ->
          throw new IllegalArgumentException("no fingerprint of a " + value.getClass().getName());
    };
  }

  /** Another 64 bits mixed in, where the order counts. */
  static long combine(long hash, long next) {
    return mix(hash * 31 + next);
  }

  private long shared(Object value) {
    Long known = remembered.get(value);
    if (known != null) {
      return known;
    }
    long hash = value instanceof ImmutableMap<?, ?> map ? map(map) : components((Record) value);
    if (remembered.size() >= MOST_REMEMBERED) {
      remembered.clear();
    }
    remembered.put(value, hash);
    return hash;
  }

  private long components(Record record) {
    long hash = 17;
    for (MethodHandle accessor : ACCESSORS.get(record.getClass())) {
      hash = combine(hash, of(component(accessor, record)));
    }
    return hash;
  }

  private static @Nullable Object component(MethodHandle accessor, Object record) {
    try {
      return accessor.invokeExact(record);
    } catch (Throwable e) {
      throw new IllegalStateException("an accessor of " + record.getClass() + " failed", e);
    }
  }

  private long list(ImmutableList<?> list) {
    long hash = 13;
    for (int i = 0; i < list.size(); i++) {
      hash = combine(hash, of(list.get(i)));
    }
    return hash;
  }

  /** Whatever the order of the entries. */
  private long map(Map<?, ?> map) {
    long hash = 19;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      hash += combine(of(entry.getKey()), of(entry.getValue()));
    }
    return mix(hash);
  }

  // The hash code is specified, and kept in the string.
  private static long text(String text) {
    return mix(text.hashCode() + ((long) text.length() << 32));
  }

  private static long mix(long z) {
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
