package io.towtank.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import io.towtank.schema.FieldSchema;
import io.towtank.schema.ListType;
import io.towtank.schema.ObjectType;
import io.towtank.schema.Schema;
import io.towtank.schema.ValueType;
import org.jspecify.annotations.Nullable;

/** How values of a type are merged (a type reference of structured-merge-diff's schema). */
final class MergeType {
  /** What a value is merged as. */
  enum Atom {
    /** As a whole; a value without parts. */
    SCALAR,
    /** As a whole; a list. */
    ATOMIC_LIST,
    /** As a whole; a map or an object. */
    ATOMIC_MAP,
    /** Element by element. */
    LIST,
    /** Entry by entry. */
    MAP
  }

  /** Values of any shape, which are taken as a whole. */
  static final MergeType ANY = new MergeType(null, ValueType.Scalar.ANY, null, ImmutableList.of());

  /** Documents without a schema: maps are merged, lists replaced. */
  static final MergeType DEDUCED =
      new MergeType(null, new ValueType.MapOf(ValueType.Scalar.ANY), null, ImmutableList.of());

  /**
   * What key fields are that an element leaves out: the defaults that the API has for them, by type
   * and field.
   */
  private static final ImmutableMap<String, String> KEY_DEFAULTS =
      ImmutableMap.of(
          "core/v1.ContainerPort.protocol", "TCP",
          "core/v1.ServicePort.protocol", "TCP",
          "core/v1.LocalObjectReference.name", "");

  /** Types that are parts of others by value wherever they are fields. */
  private static final ImmutableSet<String> PARTS =
      ImmutableSet.of(
          "meta/v1.ObjectMeta",
          "core/v1.PodTemplateSpec",
          "core/v1.VolumeResourceRequirements",
          "core/v1.LoadBalancerStatus",
          "core/v1.EventSource",
          "apps/v1.DeploymentStrategy",
          "apps/v1.StatefulSetUpdateStrategy",
          "apps/v1.DaemonSetUpdateStrategy",
          "autoscaling/v2.CrossVersionObjectReference",
          "batch/v1.JobTemplateSpec");

  private final @Nullable Schema schema;
  private final ValueType type;
  private final @Nullable ListType listType;
  private final ImmutableList<String> keys;

  private MergeType(
      @Nullable Schema schema,
      ValueType type,
      @Nullable ListType listType,
      ImmutableList<String> keys) {
    this.schema = schema;
    this.type = type;
    this.listType = listType;
    this.keys = keys;
  }

  /** The type of a kind's documents. */
  static MergeType of(Schema schema, String objectType) {
    return new MergeType(schema, new ValueType.ObjectOf(objectType), null, ImmutableList.of());
  }

  /** What a value is merged as; an absent or null one as the type says. */
  Atom atom(@Nullable JsonNode value) {
    return switch (type) {
      case ValueType.Scalar scalar when scalar == ValueType.Scalar.ANY -> shapeOf(value);
      case ValueType.Scalar scalar -> Atom.SCALAR;
      case ValueType.ListOf list ->
          listType == ListType.SET || listType == ListType.MAP ? Atom.LIST : Atom.ATOMIC_LIST;
      case ValueType.MapOf map when this == DEDUCED -> deducedShapeOf(value);
      case ValueType.MapOf map -> listType == ListType.ATOMIC ? Atom.ATOMIC_MAP : Atom.MAP;
      case ValueType.ObjectOf object -> {
        ObjectType objectType = objectType();
        yield listType == ListType.ATOMIC || (objectType != null && objectType.atomic())
            ? Atom.ATOMIC_MAP
            : Atom.MAP;
      }
    };
  }

  private static Atom shapeOf(@Nullable JsonNode value) {
    if (value == null || !value.isContainerNode()) {
      return Atom.SCALAR;
    }
    return value.isArray() ? Atom.ATOMIC_LIST : Atom.ATOMIC_MAP;
  }

  private static Atom deducedShapeOf(@Nullable JsonNode value) {
    return value != null && value.isObject() ? Atom.MAP : shapeOf(value);
  }

  /** Of a scalar, what it has to be; null where that is not restricted. */
  ValueType.@Nullable Scalar scalar() {
    return type instanceof ValueType.Scalar scalar && scalar != ValueType.Scalar.ANY
        ? scalar
        : null;
  }

  private @Nullable ObjectType objectType() {
    return schema != null && type instanceof ValueType.ObjectOf object
        ? schema.type(object.type())
        : null;
  }

  /** The name of the type of objects with known fields, as {@code core/v1.Pod}; else empty. */
  String name() {
    return type instanceof ValueType.ObjectOf object ? object.type() : "";
  }

  /** Of an object with known fields, the one of a name; null where there is none. */
  @Nullable FieldSchema field(String name) {
    ObjectType objectType = objectType();
    return objectType == null ? null : objectType.field(name);
  }

  /** Whether this is an object with known fields, of which one has this name. */
  boolean hasField(String name) {
    return field(name) != null;
  }

  /** Whether this is an object that has known fields only. */
  boolean hasKnownFieldsOnly() {
    return type instanceof ValueType.ObjectOf;
  }

  /** The type of the entry of a map, of an object's field, of an element. */
  MergeType below(PathElement element) {
    return switch (element) {
      case PathElement.Field field -> ofEntry(field.name());
      case PathElement.Key key -> ofElements();
      case PathElement.Value value -> ofElements();
      case PathElement.Index index -> ofElements();
    };
  }

  /** The type of an entry of a map or an object's field. */
  MergeType ofEntry(String name) {
    if (this == DEDUCED) {
      return DEDUCED;
    }
    ObjectType objectType = objectType();
    if (objectType != null) {
      FieldSchema field = objectType.field(name);
      return field == null
          ? ANY
          : new MergeType(schema, field.type(), field.listType(), field.listMapKeys());
    }
    return type instanceof ValueType.MapOf map ? plain(map.element()) : ANY;
  }

  /** The type of the elements of a list. */
  MergeType ofElements() {
    return type instanceof ValueType.ListOf list ? plain(list.element()) : ANY;
  }

  private MergeType plain(ValueType element) {
    return new MergeType(schema, element, null, ImmutableList.of());
  }

  /**
   * What every object has, if only empty: those parts that are no pointers in Go. An object that is
   * created has them from the beginning, so nobody adds them.
   */
  ObjectNode skeleton() {
    ObjectNode skeleton = JsonNodeFactory.instance.objectNode();
    ObjectType objectType = objectType();
    if (objectType != null && !objectType.name().equals("core/v1.ReplicationControllerSpec")) {
      for (FieldSchema field : objectType.fields().values()) {
        if (field.type() instanceof ValueType.ObjectOf object && isPart(field, object)) {
          skeleton.set(field.name(), ofEntry(field.name()).skeleton());
        }
      }
    }
    return skeleton;
  }

  private static boolean isPart(FieldSchema field, ValueType.ObjectOf object) {
    // The specs and statuses of kinds are named after these.
    return PARTS.contains(object.type())
        || (field.name().equals("spec") && object.type().endsWith("Spec"))
        || (field.name().equals("status") && object.type().endsWith("Status"));
  }

  /**
   * What tells an element of a merged list from the others: its key fields, or its value in a set.
   *
   * @throws IllegalArgumentException where the element has none
   */
  PathElement elementOf(JsonNode element) {
    if (listType == ListType.SET) {
      if (element.isContainerNode() || element.isNull()) {
        throw new IllegalArgumentException(
            "associative list without keys has an element that's no text, number or boolean");
      }
      return new PathElement.Value(element);
    }
    if (!element.isObject()) {
      throw new IllegalArgumentException(
          "associative list with keys may not have "
              + (element.isNull() ? "a null element" : "non-map elements"));
    }
    ImmutableSortedMap.Builder<String, JsonNode> fields = ImmutableSortedMap.naturalOrder();
    for (String key : keys) {
      JsonNode value = element.get(key);
      if (value == null) {
        String byDefault =
            ofElements().type instanceof ValueType.ObjectOf object
                ? KEY_DEFAULTS.get(object.type() + "." + key)
                : null;
        if (byDefault == null) {
          throw new IllegalArgumentException(
              "associative list with keys has an element that omits key field \""
                  + key
                  + "\" (and doesn't have default value)");
        }
        value = JsonNodeFactory.instance.textNode(byDefault);
      }
      fields.put(key, value);
    }
    return new PathElement.Key(fields.buildOrThrow());
  }
}
