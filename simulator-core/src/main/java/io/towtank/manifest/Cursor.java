package io.towtank.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.validation.DidYouMean;
import io.towtank.validation.FieldPath;
import io.towtank.validation.WrongShape;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A place in a document, from which the document is read strictly: what has the wrong shape, is
 * missing, or was never asked for becomes a problem with its position, and reading goes on, so that
 * all problems of a file are found.
 *
 * <pre>{@code
 * Problems problems = new Problems();
 * for (YamlDocument document : YamlReader.read("first-look.yaml", text, problems)) {
 *   Cursor root = Cursor.of(document, problems);
 *   root.field("apiVersion");                             // known, though not read here
 *   long seed = root.field("seed").whole(1);              // 1 where absent
 *   String latency = root.field("latency").word(List.of("instant", "typical"), "typical");
 *   Cursor cluster = root.required("cluster");            // a problem where absent
 *   for (Cursor pool : cluster.field("pools").items()) {
 *     String name = pool.required("name").text("");
 *     if (pool.field("count").whole(1) < 0) {
 *       pool.field("count").problem("must not be negative", null);
 *     }
 *     pool.rejectUnknownFields();                         // nam: did you mean "name"?
 *   }
 *   cluster.rejectUnknownFields();
 *   root.rejectUnknownFields();
 * }
 * problems.throwIfAny();                                  // ManifestException with all of them
 * }</pre>
 *
 * <p>An absent cursor reads as its fallback, has no items, and its fields are absent too.
 */
public final class Cursor {
  private final YamlDocument document;
  private final FieldPath path;
  private final JsonNode node;
  private final Problems problems;
  private final Set<String> known = new LinkedHashSet<>();
  private boolean shapeReported;

  private Cursor(YamlDocument document, FieldPath path, JsonNode node, Problems problems) {
    this.document = document;
    this.path = path;
    this.node = node;
    this.problems = problems;
  }

  /** A document's root; what is wrong goes to {@code problems}. */
  public static Cursor of(YamlDocument document, Problems problems) {
    return new Cursor(document, FieldPath.ROOT, document.content(), problems);
  }

  /** Where this is. */
  public FieldPath path() {
    return path;
  }

  /** What is here; a MissingNode where nothing is. */
  public JsonNode node() {
    return node;
  }

  /** What is here as a document of its own, which keeps its positions. */
  public YamlDocument document() {
    return document.part(node, path);
  }

  /** Whether anything but null is here. */
  public boolean isPresent() {
    return !node.isMissingNode() && !node.isNull();
  }

  /** A field of the object here, which is known from now on; absent where it is not there. */
  public Cursor field(String name) {
    known.add(name);
    return new Cursor(
        document,
        path.field(name),
        isObject() ? node.path(name) : MissingNode.getInstance(),
        problems);
  }

  /** A field of the object here; it is a problem where it is not there. */
  public Cursor required(String name) {
    Cursor field = field(name);
    if (!field.isPresent() && isPresent() && node.isObject()) {
      problems.add(document, path, "\"" + name + "\" is missing", null);
    }
    return field;
  }

  /** The items of the list here, none where nothing is here. */
  public ImmutableList<Cursor> items() {
    if (!isPresent()) {
      return ImmutableList.of();
    }
    if (!node.isArray()) {
      wrongShape("a list");
      return ImmutableList.of();
    }
    ImmutableList.Builder<Cursor> items = ImmutableList.builder();
    for (int i = 0; i < node.size(); i++) {
      items.add(new Cursor(document, path.item(i), node.get(i), problems));
    }
    return items.build();
  }

  /** The fields of the object here, whatever their names, none where nothing is here. */
  public ImmutableMap<String, Cursor> entries() {
    ImmutableMap.Builder<String, Cursor> entries = ImmutableMap.builder();
    if (isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        known.add(field.getKey());
        entries.put(
            field.getKey(),
            new Cursor(document, path.key(field.getKey()), field.getValue(), problems));
      }
    }
    return entries.buildOrThrow();
  }

  /** The text here. */
  public String text(String fallback) {
    String text = text();
    return text == null ? fallback : text;
  }

  /** The text here, null where nothing is here. */
  public @Nullable String text() {
    if (!isPresent()) {
      return null;
    }
    if (!node.isTextual()) {
      wrongShape("a text");
      return null;
    }
    return node.textValue();
  }

  /** The text here, which is one of a few words. */
  public String word(Collection<String> allowed, String fallback) {
    String text = text();
    if (text == null) {
      return fallback;
    }
    if (!allowed.contains(text)) {
      problem("\"" + text + "\" is not known here", DidYouMean.advice(text, allowed));
      return fallback;
    }
    return text;
  }

  /** The whole number here. */
  public long whole(long fallback) {
    if (!isPresent()) {
      return fallback;
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      wrongShape("a whole number");
      return fallback;
    }
    return node.longValue();
  }

  /** The number here. */
  public double number(double fallback) {
    if (!isPresent()) {
      return fallback;
    }
    if (!node.isNumber()) {
      wrongShape("a number");
      return fallback;
    }
    return node.doubleValue();
  }

  /** The boolean here. */
  public boolean flag(boolean fallback) {
    if (!isPresent()) {
      return fallback;
    }
    if (!node.isBoolean()) {
      wrongShape("true or false");
      return fallback;
    }
    return node.booleanValue();
  }

  /** Notes a problem with what is here. */
  public void problem(String message, @Nullable String suggestion) {
    Position position = isPresent() ? document.valuePosition(path) : document.position(path);
    problems.add(
        new Problem(
            document.source(),
            position.line(),
            position.column(),
            path.toString(),
            message,
            suggestion));
  }

  /** Makes a problem of every field of the object here that this cursor was never asked for. */
  public void rejectUnknownFields() {
    if (!isObject()) {
      return;
    }
    for (String name : ImmutableList.copyOf(node.fieldNames())) {
      if (!known.contains(name)) {
        problems.add(
            document,
            path.field(name),
            "unknown field \"" + name + "\"",
            DidYouMean.advice(name, known));
      }
    }
  }

  private boolean isObject() {
    if (isPresent() && !node.isObject()) {
      wrongShape("an object");
    }
    return node.isObject();
  }

  private void wrongShape(String expected) {
    if (!shapeReported) {
      shapeReported = true;
      boolean mayBeMisread = node.isValueNode() && !node.isTextual();
      WrongShape wrong = WrongShape.of(node, expected, mayBeMisread ? document.wordAt(path) : null);
      problem(wrong.message(), wrong.suggestion());
    }
  }
}
