package io.towtank.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Beside;
import io.towtank.api.Fields;
import io.towtank.api.In;
import io.towtank.api.IntOrString;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.Named;
import io.towtank.api.OmitEmpty;
import io.towtank.api.Quantity;
import io.towtank.api.Rfc3339;
import io.towtank.api.Uid;
import io.towtank.schema.FieldSchema;
import io.towtank.schema.ObjectType;
import io.towtank.schema.Schema;
import io.towtank.schema.ValueType;
import io.towtank.schema.ValueType.Scalar;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every component of every record is a field of Kubernetes' type, with its name and type. */
class RecordsMatchSchemaTest {
  /** Optional in the schema, and written nevertheless: no omitempty in Kubernetes' types.go. */
  private static final ImmutableSet<String> WRITTEN_ALTHOUGH_OPTIONAL =
      ImmutableSet.of(
          "apps/v1.StatefulSetStatus.availableReplicas",
          "apps/v1.StatefulSetOrdinals.start",
          "policy/v1.PodDisruptionBudgetStatus.disruptionsAllowed",
          "policy/v1.PodDisruptionBudgetStatus.currentHealthy",
          "policy/v1.PodDisruptionBudgetStatus.desiredHealthy",
          "policy/v1.PodDisruptionBudgetStatus.expectedPods",
          "scheduling/v1.PriorityClass.value");

  private final Schema schema = Schema.builtIn();
  private final List<String> wrong = new ArrayList<>();
  private final Set<String> seen = new HashSet<>();

  @Test
  void everyComponentIsAField() {
    for (Kind<?> kind : Kinds.ALL) {
      ObjectType type = schema.typeOf(kind.apiVersion(), kind.name());
      if (type == null) {
        wrong.add("no type for " + kind);
      } else {
        compare(kind.type(), type);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(seen).hasSizeGreaterThan(80);
  }

  private void compare(Class<?> record, ObjectType type) {
    if (!seen.add(record.getName() + " " + type.name())) {
      return;
    }
    for (RecordComponent component : record.getRecordComponents()) {
      if (component.getType() == Fields.class) {
        continue;
      }
      ObjectType holder = type;
      String inside = inside(component);
      if (inside != null) {
        FieldSchema outer = type.field(inside);
        holder = outer == null ? null : schema.type(outer);
      }
      Named named = component.getAnnotation(Named.class);
      String name = named == null ? component.getName() : named.value();
      FieldSchema field = holder == null ? null : holder.field(name);
      if (holder == null || field == null) {
        wrong.add(type.name() + " has no field " + name);
        continue;
      }
      compare(component, field, holder.name() + "." + name);
    }
  }

  private static @Nullable String inside(RecordComponent component) {
    In in = component.getAnnotation(In.class);
    return in != null
        ? in.value()
        : component.isAnnotationPresent(Beside.class) ? "metadata" : null;
  }

  private void compare(RecordComponent component, FieldSchema field, String path) {
    Rfc3339 time = component.getAnnotation(Rfc3339.class);
    if (time != null) {
      expect(field.type() == (time.micros() ? Scalar.MICRO_TIME : Scalar.TIME), path);
    } else if (component.isAnnotationPresent(Beside.class)) {
      expect(field.type() == Scalar.STRING, path);
    } else {
      compare(component.getGenericType(), field.type(), path);
      if (component.getType().isPrimitive()) {
        boolean written = field.required() || WRITTEN_ALTHOUGH_OPTIONAL.contains(path);
        expect(written != component.isAnnotationPresent(OmitEmpty.class), path + " (zero)");
      }
    }
  }

  private void compare(Type type, ValueType expected, String path) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == ImmutableList.class
          && expected instanceof ValueType.ListOf list) {
        compare(arguments[0], list.element(), path);
      } else if (generic.getRawType() == ImmutableMap.class
          && expected instanceof ValueType.MapOf map) {
        compare(arguments[1], map.element(), path);
      } else {
        wrong.add(path + " is no " + type);
      }
    } else if (type instanceof Class<?> simple
        && simple.isRecord()
        && simple != IntOrString.class
        && expected instanceof ValueType.ObjectOf object) {
      compare(simple, schema.type(object.type()));
    } else {
      Set<Type> fitting =
          expected instanceof Scalar scalar
              ? switch (scalar) {
                case STRING -> Set.of(String.class, Uid.class);
                case BYTES -> Set.of(String.class);
                case INT32 -> Set.of(int.class, Integer.class);
                case INT64 -> Set.of(long.class, Long.class);
                case NUMBER -> Set.of(double.class, Double.class);
                case BOOLEAN -> Set.of(boolean.class, Boolean.class);
                case QUANTITY -> Set.of(Quantity.class);
                case INT_OR_STRING -> Set.of(IntOrString.class);
                case TIME, MICRO_TIME, ANY -> Set.of();
              }
              : Set.of();
      boolean word =
          type instanceof Class<?> simple && simple.isEnum() && expected == Scalar.STRING;
      expect(word || fitting.contains(type), path);
    }
  }

  private void expect(boolean holds, String path) {
    if (!holds) {
      wrong.add(path);
    }
  }
}
