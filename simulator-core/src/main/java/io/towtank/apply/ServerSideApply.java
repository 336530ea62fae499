package io.towtank.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.Timestamps;
import io.towtank.apply.ManagedFields.Entry;
import io.towtank.apply.ManagedFields.Manager;
import io.towtank.apply.ManagedFields.Operation;
import io.towtank.schema.ApiResource;
import io.towtank.schema.Schema;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Server-side apply for the objects of a kind, and the bookkeeping that other writes need for it
 * (apimachinery: managedfields.FieldManager; structured-merge-diff: merge.Updater).
 *
 * <p>Documents are not changed, but shared: parts of the arguments are parts of the results.
 */
public final class ServerSideApply {
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  private static final String BEFORE_FIRST_APPLY = "before-first-apply";
  private static final String ANCIENT_CHANGES = "ancient-changes";

  /** The manager of kubectl, which takes over what client-side apply has left behind. */
  private static final String KUBECTL = "kubectl";

  /** More updating managers than these are merged, the oldest first. */
  private static final int MAX_UPDATING_MANAGERS = 10;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** What nobody manages, since the API server sets it. */
  private static final FieldSet UNMANAGED = unmanaged();

  /** What the status subresource alone may write. */
  private static final FieldSet STATUS = status();

  private final String apiVersion;
  private final MergeType type;
  private final FieldSet ignored;

  private ServerSideApply(String apiVersion, MergeType type, FieldSet ignored) {
    this.apiVersion = apiVersion;
    this.type = type;
    this.ignored = ignored;
  }

  /** For the objects of a kind; where no schema is known, maps are merged and lists replaced. */
  public static ServerSideApply of(Kind<?> kind) {
    Schema schema = Schema.builtIn();
    ApiResource resource = schema.resource(kind.apiVersion(), kind.name());
    return new ServerSideApply(
        kind.apiVersion(),
        resource == null ? MergeType.DEDUCED : MergeType.of(schema, resource.type()),
        kind.hasStatus() ? STATUS : FieldSet.EMPTY);
  }

  private static FieldSet unmanaged() {
    FieldSet.Builder fields = new FieldSet.Builder();
    fields.addFields("apiVersion");
    fields.addFields("kind");
    fields.addFields("metadata");
    for (String name :
        ImmutableList.of(
            "name",
            "namespace",
            "creationTimestamp",
            "selfLink",
            "uid",
            "clusterName",
            "generation",
            "managedFields",
            "resourceVersion")) {
      fields.addFields("metadata", name);
    }
    return fields.build();
  }

  private static FieldSet status() {
    FieldSet.Builder fields = new FieldSet.Builder();
    fields.addFields("status");
    return fields.build();
  }

  /**
   * Merges what a manager wants into an object, and removes what it alone wanted before.
   *
   * @param live the object, null where there is none yet
   * @param configuration all that the manager wants
   * @param force whether it takes fields that others have with other values
   * @param epochNanos the time, nanoseconds since 1970
   * @return the object as it is to be, with managedFields
   * @throws ApplyException where others want other values, or the configuration is none of the kind
   */
  public ObjectNode apply(
      @Nullable ObjectNode live,
      ObjectNode configuration,
      String managerName,
      boolean force,
      long epochNanos) {
    if (managerName.isEmpty()) {
      throw badRequest("fieldManager: Required value: is required for apply patch");
    }
    if (configuration.path("metadata").has("managedFields")) {
      throw badRequest("metadata.managedFields must be nil");
    }
    String version = configuration.path("apiVersion").asText();
    if (!version.equals(apiVersion)) {
      throw badRequest(
          "Incorrect version specified in apply patch. Specified patch version: "
              + version
              + ", expected: "
              + apiVersion);
    }
    check(configuration, false, "patch");
    ObjectNode current = live == null ? JsonNodeFactory.instance.objectNode() : plain(live);
    check(current, true, "live");
    ManagedFields managed = managedFields(live);
    if (managed.entries.isEmpty() && live != null) {
      // Whoever made the object is not known: what it is belongs to nobody in particular.
      managed =
          updated(
              type.skeleton(),
              current,
              managed,
              Manager.updating(BEFORE_FIRST_APPLY, apiVersion, ""),
              epochNanos);
    }
    Manager manager = Manager.applying(managerName);
    Attempt attempt = attempt(current, configuration, managed, manager, force, epochNanos);
    if (attempt.object == null && managerName.equals(KUBECTL)) {
      // What kubectl has applied itself before, by client-side apply, is no conflict.
      Conflicts remaining = attempt.conflicts.without(lastApplied(current));
      attempt =
          remaining.isEmpty()
              ? attempt(current, configuration, managed, manager, true, epochNanos)
              : new Attempt(null, managed, remaining);
    }
    if (attempt.object == null) {
      throw attempt.conflicts.refusal();
    }
    ObjectNode result = withManagedFields(attempt.object, attempt.managed);
    return managerName.equals(KUBECTL) ? withLastApplied(result, configuration) : result;
  }

  /**
   * What comes of applying.
   *
   * @param object null where there are conflicts that are not forced
   */
  private record Attempt(@Nullable ObjectNode object, ManagedFields managed, Conflicts conflicts) {}

  private Attempt attempt(
      ObjectNode live,
      ObjectNode configuration,
      ManagedFields before,
      Manager manager,
      boolean force,
      long epochNanos) {
    ManagedFields managed = before.copy();
    Entry last = managed.entries.get(manager);
    JsonNode merged = Merge.of(live, configuration, type);
    if (merged == null) {
      merged = JsonNodeFactory.instance.objectNode();
    }
    FieldSet fields = FieldCollection.of(configuration, type).recursiveDifference(ignored);
    managed.entries.put(manager, new Entry(fields, apiVersion, epochNanos));
    JsonNode pruned = last == null ? merged : prune(merged, last.fields(), managed);
    Comparison changes = Comparison.of(live, pruned, type).without(ignored);
    Conflicts conflicts = conflicts(changes, managed, manager);
    if (!force && !conflicts.isEmpty()) {
      return new Attempt(null, before, conflicts);
    }
    takeOver(changes, conflicts, managed, manager);
    boolean same = Values.same(live, pruned);
    long written =
        // Where nothing is written the time of the last write stays.
        same ? (last == null ? Timestamps.NONE : last.epochNanos()) : epochNanos;
    managed.entries.computeIfPresent(
        manager,
        (m, entry) -> new Entry(entry.fields().difference(UNMANAGED), apiVersion, written));
    managed.prune();
    return new Attempt(
        !same && pruned instanceof ObjectNode object ? StoredForm.of(object, type) : live,
        managed,
        conflicts);
  }

  /** Removes what a manager applied last time, unless somebody still wants it. */
  private JsonNode prune(JsonNode merged, FieldSet last, ManagedFields managed) {
    FieldSet lastNamed = last.withNamedFields(type);
    JsonNode pruned = Removal.of(merged, lastNamed, type);
    FieldSet wanted = FieldSet.EMPTY;
    for (Entry entry : managed.entries.values()) {
      wanted = wanted.union(entry.fields());
    }
    FieldSet all = FieldCollection.of(merged, type).withNamedFields(type);
    pruned =
        Removal.of(merged, all.difference(named(pruned).union(wanted.withNamedFields(type))), type);
    // What nobody manages was not applied, and stays.
    return Removal.of(merged, all.difference(named(pruned)).intersection(lastNamed), type);
  }

  private FieldSet named(JsonNode document) {
    return FieldCollection.of(document, type).withNamedFields(type);
  }

  /** What other managers have of what changes. */
  private static Conflicts conflicts(
      Comparison changes, ManagedFields managed, @Nullable Manager manager) {
    FieldSet changed = changes.modified().union(changes.added());
    TreeMap<Manager, FieldSet> conflicts = new TreeMap<>();
    managed.entries.forEach((other, entry) -> {
      FieldSet conflict = entry.fields().intersection(changed);
      if (!other.equals(manager) && !conflict.isEmpty()) {
        conflicts.put(other, conflict);
      }
    });
    return new Conflicts(conflicts);
  }

  /** Takes from the other managers what changes and what goes. */
  private static void takeOver(
      Comparison changes, Conflicts conflicts, ManagedFields managed, @Nullable Manager manager) {
    managed.entries.replaceAll((other, entry) ->
        other.equals(manager)
            ? entry
            : entry.withFields(
                entry.fields().difference(conflicts.of(other)).difference(changes.removed())));
    managed.prune();
  }

  /**
   * Keeps track of a write that is no apply: what it changes belongs to its manager.
   *
   * @param live the object before, null where it is created
   * @param object the object as it is to be
   * @param managerName who writes
   * @param subresource through which, empty for none
   * @param epochNanos the time, nanoseconds since 1970
   * @return the object with managedFields
   */
  public ObjectNode update(
      @Nullable ObjectNode live,
      ObjectNode object,
      String managerName,
      String subresource,
      long epochNanos) {
    ManagedFields managed = managedFieldsOfUpdate(live, object, subresource);
    ObjectNode current = live == null ? type.skeleton() : plain(live);
    ObjectNode next = plain(object);
    if (managed.entries.isEmpty() && live != null) {
      // Not tracked from the beginning, so not at all before the first apply.
      return next;
    }
    Manager manager =
        Manager.updating(managerName.isEmpty() ? "unknown" : managerName, apiVersion, subresource);
    ManagedFields after = updated(current, next, managed, manager, epochNanos);
    cap(after);
    return withManagedFields(next, after);
  }

  /** Managed fields can be written by hand; an empty list takes them away. */
  private ManagedFields managedFieldsOfUpdate(
      @Nullable ObjectNode live, ObjectNode object, String subresource) {
    JsonNode own = object.path("metadata").path("managedFields");
    if (!subresource.isEmpty()) {
      return managedFieldsOrNone(live);
    }
    if (own.isArray() && (own.isEmpty() || (own.size() == 1 && own.get(0).isEmpty()))) {
      return new ManagedFields();
    }
    ManagedFields managed = managedFieldsOrNone(object);
    return managed.entries.isEmpty() ? managedFieldsOrNone(live) : managed;
  }

  private ManagedFields updated(
      ObjectNode live, ObjectNode next, ManagedFields before, Manager manager, long epochNanos) {
    ManagedFields managed = before.copy();
    Comparison changes = Comparison.of(live, next, type);
    // Only the object's status is kept out by its own subresource.
    Comparison counted = manager.subresource().isEmpty() ? changes.without(ignored) : changes;
    takeOver(counted, conflicts(counted, managed, null), managed, null);
    FieldSet fields = counted.modified().union(counted.added()).difference(UNMANAGED);
    if (!fields.isEmpty()) {
      Entry previous = managed.entries.get(manager);
      managed.entries.put(
          manager,
          new Entry(
              previous == null ? fields : fields.union(previous.fields()), apiVersion, epochNanos));
    }
    return managed;
  }

  /** Merges the oldest updating managers where there are too many. */
  private static void cap(ManagedFields managed) {
    List<Manager> updating = new ArrayList<>();
    for (Manager manager : managed.entries.keySet()) {
      if (manager.operation() == Operation.UPDATE) {
        updating.add(manager);
      }
    }
    updating.sort(
        Comparator.comparing((Manager manager) -> {
          Entry entry = managed.entries.get(manager);
          return entry == null ? 0 : entry.epochNanos();
        }));
    int excess = updating.size() - MAX_UPDATING_MANAGERS;
    Map<String, Manager> firstOfVersion = new TreeMap<>();
    for (Manager manager : updating) {
      if (excess <= 0) {
        return;
      }
      Entry entry = managed.entries.get(manager);
      if (entry == null) {
        continue;
      }
      Manager first = firstOfVersion.putIfAbsent(entry.apiVersion(), manager);
      if (first == null) {
        continue;
      }
      Manager bucket = Manager.updating(ANCIENT_CHANGES, entry.apiVersion(), "");
      Entry collected = managed.entries.get(bucket);
      if (collected == null) {
        collected = managed.entries.remove(first);
      }
      FieldSet fields =
          collected == null ? entry.fields() : entry.fields().union(collected.fields());
      managed.entries.remove(manager);
      managed.entries.put(bucket, new Entry(fields, entry.apiVersion(), entry.epochNanos()));
      excess--;
    }
  }

  /** What client-side apply wanted last time and still is so; nothing where it was not used. */
  private FieldSet lastApplied(ObjectNode live) {
    JsonNode annotation = live.path("metadata").path("annotations").path(LAST_APPLIED);
    if (!annotation.isTextual() || annotation.textValue().isEmpty()) {
      return FieldSet.EMPTY;
    }
    JsonNode last;
    try {
      last = MAPPER.readTree(annotation.textValue());
    } catch (JsonProcessingException e) {
      return FieldSet.EMPTY;
    }
    if (!last.isObject()
        || !last.path("apiVersion").asText().equals(apiVersion)
        || !TypeCheck.problems(last, type, false).isEmpty()) {
      return FieldSet.EMPTY;
    }
    Comparison changes = Comparison.of(last, live, type);
    return FieldCollection.of(last, type)
        .difference(changes.modified())
        .difference(changes.added())
        .difference(changes.removed());
  }

  /** Keeps the annotation of client-side apply up to date where there is one. */
  private static ObjectNode withLastApplied(ObjectNode object, ObjectNode configuration) {
    JsonNode annotation = object.path("metadata").path("annotations").path(LAST_APPLIED);
    if (!annotation.isTextual() || annotation.textValue().isEmpty()) {
      return object;
    }
    ObjectNode wanted = configuration.deepCopy();
    if (wanted.path("metadata").path("annotations") instanceof ObjectNode annotations) {
      annotations.remove(LAST_APPLIED);
    }
    ObjectNode updated = object.deepCopy();
    updated.withObject("/metadata/annotations").put(LAST_APPLIED, wanted + "\n");
    return updated;
  }

  private void check(JsonNode document, boolean allowDuplicates, String what) {
    List<String> problems = TypeCheck.problems(document, type, allowDuplicates);
    if (!problems.isEmpty()) {
      throw new ApplyException(
          ApplyException.Reason.INTERNAL,
          "failed to create typed "
              + what
              + " object ("
              + document.path("metadata").path("namespace").asText()
              + "/"
              + document.path("metadata").path("name").asText()
              + "; "
              + apiVersion
              + ", Kind="
              + document.path("kind").asText()
              + "): "
              + (problems.size() == 1
                  ? problems.getFirst()
                  : "errors:\n  " + String.join("\n  ", problems)));
    }
  }

  private ManagedFields managedFields(@Nullable ObjectNode object) {
    try {
      ManagedFields managed =
          ManagedFields.read(object == null ? null : object.path("metadata").get("managedFields"));
      // Fields of another version cannot be told any more.
      managed.entries.values().removeIf(entry -> !entry.apiVersion().equals(apiVersion));
      return managed;
    } catch (IllegalArgumentException e) {
      throw badRequest("failed to decode managed fields: " + e.getMessage());
    }
  }

  private ManagedFields managedFieldsOrNone(@Nullable ObjectNode object) {
    try {
      return managedFields(object);
    } catch (ApplyException e) {
      return new ManagedFields();
    }
  }

  /** An object without its managed fields. */
  private static ObjectNode plain(ObjectNode object) {
    if (!(object.get("metadata") instanceof ObjectNode metadata)
        || !metadata.has("managedFields")) {
      return object;
    }
    ObjectNode plainMetadata = JsonNodeFactory.instance.objectNode();
    plainMetadata.setAll(metadata);
    plainMetadata.remove("managedFields");
    ObjectNode plain = JsonNodeFactory.instance.objectNode();
    plain.setAll(object);
    plain.set("metadata", plainMetadata);
    return plain;
  }

  private static ObjectNode withManagedFields(ObjectNode object, ManagedFields managed) {
    ArrayNode entries = managed.write();
    ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    if (object.get("metadata") instanceof ObjectNode current) {
      metadata.setAll(current);
    }
    if (entries != null) {
      metadata.set("managedFields", entries);
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.setAll(object);
    result.set("metadata", metadata);
    return result;
  }

  private static ApplyException badRequest(String message) {
    return new ApplyException(ApplyException.Reason.BAD_REQUEST, message);
  }
}
