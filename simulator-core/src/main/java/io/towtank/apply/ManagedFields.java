package io.towtank.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Timestamps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who manages which fields of an object ({@code metadata.managedFields}). */
final class ManagedFields {
  /** How a manager came by its fields. */
  enum Operation {
    APPLY("Apply"),
    UPDATE("Update");

    private final String text;

    Operation(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Who manages fields. One that applies is the same whatever the version.
   *
   * @param apiVersion of the documents, empty for one that applies
   * @param subresource through which it writes, empty for none
   */
  record Manager(String name, Operation operation, String apiVersion, String subresource)
      implements Comparable<Manager> {
    static Manager applying(String name) {
      return new Manager(name, Operation.APPLY, "", "");
    }

    static Manager updating(String name, String apiVersion, String subresource) {
      return new Manager(name, Operation.UPDATE, apiVersion, subresource);
    }

    /** In the order of Kubernetes, which is that of their JSON. */
    @Override
    public int compareTo(Manager other) {
      return identifier().compareTo(other.identifier());
    }

    private String identifier() {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("manager", name).put("operation", operation.toString());
      if (!apiVersion.isEmpty()) {
        node.put("apiVersion", apiVersion);
      }
      if (!subresource.isEmpty()) {
        node.put("subresource", subresource);
      }
      return node.toString();
    }

    /** As messages name it. */
    @Override
    public String toString() {
      String text = JsonNodeFactory.instance.textNode(name).toString();
      if (!subresource.isEmpty()) {
        text += " with subresource " + JsonNodeFactory.instance.textNode(subresource);
      }
      return operation == Operation.UPDATE ? text + " using " + apiVersion : text;
    }
  }

  /**
   * What a manager manages.
   *
   * @param apiVersion of the documents to which the fields belong
   * @param epochNanos when it last wrote, or Timestamps.NONE
   */
  record Entry(FieldSet fields, String apiVersion, long epochNanos) {
    Entry withFields(FieldSet fields) {
      return new Entry(fields, apiVersion, epochNanos);
    }
  }

  /** By manager; never an entry without fields once a request is done. */
  final TreeMap<Manager, Entry> entries = new TreeMap<>();

  ManagedFields copy() {
    ManagedFields copy = new ManagedFields();
    copy.entries.putAll(entries);
    return copy;
  }

  /** Removes entries without fields. */
  void prune() {
    entries.values().removeIf(entry -> entry.fields.isEmpty());
  }

  /**
   * Reads what an object bears.
   *
   * @param node metadata.managedFields, null where there is none
   * @throws IllegalArgumentException where it is malformed
   */
  static ManagedFields read(@Nullable JsonNode node) {
    ManagedFields managed = new ManagedFields();
    if (node == null || node.isNull()) {
      return managed;
    }
    for (int i = 0; i < node.size(); i++) {
      JsonNode entry = node.get(i);
      String apiVersion = entry.path("apiVersion").asText();
      if (apiVersion.isEmpty()) {
        throw new IllegalArgumentException("apiVersion must not be empty");
      }
      if (!entry.path("fieldsType").asText().equals("FieldsV1")) {
        throw new IllegalArgumentException(
            "invalid fieldsType " + entry.path("fieldsType") + " in managed fields entry " + i);
      }
      Operation operation =
          switch (entry.path("operation").asText()) {
            case "Apply" -> Operation.APPLY;
            case "Update" -> Operation.UPDATE;
            default -> throw new IllegalArgumentException("operation must be `Apply` or `Update`");
          };
      Manager manager =
          new Manager(
              entry.path("manager").asText(),
              operation,
              operation == Operation.APPLY ? "" : apiVersion,
              entry.path("subresource").asText());
      managed.entries.put(
          manager,
          new Entry(
              FieldSet.fromJson(entry.path("fieldsV1")),
              apiVersion,
              entry.hasNonNull("time")
                  ? Timestamps.parse(entry.path("time").asText())
                  : Timestamps.NONE));
    }
    return managed;
  }

  /** As an object bears it; null where nobody manages anything. */
  @Nullable ArrayNode write() {
    if (entries.isEmpty()) {
      return null;
    }
    List<Manager> order = new ArrayList<>(entries.keySet());
    order.sort(
        Comparator.comparing((Manager manager) -> manager.operation.toString())
            .thenComparingLong(this::time)
            .thenComparing(Manager::name)
            .thenComparing(manager -> entry(manager).apiVersion)
            .thenComparing(Manager::subresource));
    ArrayNode nodes = JsonNodeFactory.instance.arrayNode();
    for (Manager manager : order) {
      Entry entry = entry(manager);
      ObjectNode node = nodes.addObject();
      node.put("manager", manager.name);
      node.put("operation", manager.operation.toString());
      node.put("apiVersion", entry.apiVersion);
      if (entry.epochNanos != Timestamps.NONE) {
        node.put("time", Timestamps.format(entry.epochNanos));
      }
      node.put("fieldsType", "FieldsV1");
      node.set("fieldsV1", entry.fields.toJson());
      if (!manager.subresource.isEmpty()) {
        node.put("subresource", manager.subresource);
      }
    }
    return nodes;
  }

  private Entry entry(Manager manager) {
    Entry entry = entries.get(manager);
    if (entry == null) {
      throw new IllegalStateException("no entry of " + manager);
    }
    return entry;
  }

  /** In whole seconds, as it is written; what has none comes first. */
  private long time(Manager manager) {
    long epochNanos = entry(manager).epochNanos;
    return epochNanos == Timestamps.NONE ? 0 : Timestamps.toSecond(epochNanos);
  }
}
