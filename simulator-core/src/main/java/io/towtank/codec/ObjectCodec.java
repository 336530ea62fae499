package io.towtank.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Beside;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMeta;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads objects from documents and writes them.
 *
 * <p>Nothing is lost: {@code read(write(x))} equals x, and a document comes back with every field,
 * but that fields which are null, empty lists or empty maps may be left out, quantities are in
 * canonical form and times in UTC. Documents and objects share nothing: who holds a document may
 * change it.
 *
 * <p>Reading asks for the right shape of what a component interprets, and of nothing else; that
 * fields are known and values allowed is checked elsewhere.
 */
public final class ObjectCodec {
  private static final ImmutableSet<String> TYPE = ImmutableSet.of("apiVersion", "kind");

  private ObjectCodec() {}

  /**
   * Reads an object of any kind: of one of {@link Kinds}, or a {@link GenericObject}.
   *
   * @throws MalformedDocumentException where the document has no apiVersion and kind, has a known
   *     kind in a version that must be converted first, or has another shape than its kind
   */
  public static KubeObject read(JsonNode document) {
    String apiVersion = typeField(document, "apiVersion");
    String name = typeField(document, "kind");
    Kind<?> kind = Kinds.of(apiVersion, name);
    if (!kind.apiVersion().equals(apiVersion)) {
      throw new MalformedDocumentException(
          "apiVersion", apiVersion + " is not read as it is: " + name + " is " + kind.apiVersion());
    }
    return read(kind, document);
  }

  /**
   * Reads an object of a kind; apiVersion and kind of the document are not looked at.
   *
   * @throws MalformedDocumentException where the document has another shape than its kind
   */
  public static <T extends KubeObject> T read(Kind<T> kind, JsonNode document) {
    if (kind.type() != GenericObject.class) {
      return kind.type().cast(RecordShape.of(kind.type()).read(document, TYPE));
    }
    if (!document.isObject()) {
      throw Scalar.expected("an object", document);
    }
    GenericMetadata head = readPart(GenericMetadata.class, document);
    Map<String, JsonNode> content = new TreeMap<>(head.rest.byName());
    content.keySet().removeAll(TYPE);
    // The cast holds: the kind's type was just seen to be GenericObject.
    @SuppressWarnings("unchecked")
    Kind<GenericObject> generic = (Kind<GenericObject>) kind;
    return kind.type()
        .cast(new GenericObject(generic, head.metadata, head.resourceVersion, Fields.of(content)));
  }

  /** Writes an object, with apiVersion and kind. */
  public static ObjectNode write(KubeObject object) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("apiVersion", object.kind().apiVersion());
    document.put("kind", object.kind().name());
    if (object instanceof GenericObject generic) {
      RecordShape.of(GenericMetadata.class)
          .write(
              new GenericMetadata(generic.metadata(), generic.resourceVersion(), generic.content()),
              document);
    } else {
      RecordShape.of(object.kind().type()).write(object, document);
    }
    return document;
  }

  /**
   * Reads a part of an object, as a spec.
   *
   * @throws MalformedDocumentException where the document has another shape
   */
  public static <R extends Record> R readPart(Class<R> type, JsonNode document) {
    return type.cast(RecordShape.of(type).read(document, ImmutableSet.of()));
  }

  /** Writes a part of an object, as a status. */
  public static ObjectNode writePart(Record part) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    RecordShape.of(part.getClass()).write(part, document);
    return document;
  }

  private static String typeField(JsonNode document, String field) {
    JsonNode content = document.path(field);
    if (!content.isTextual() || content.textValue().isEmpty()) {
      throw new MalformedDocumentException(
          "", "no " + field + ": every document names its apiVersion and kind");
    }
    return content.textValue();
  }

  /** A generic object's document but for its type. */
  private record GenericMetadata(ObjectMeta metadata, @Beside long resourceVersion, Fields rest) {}
}
