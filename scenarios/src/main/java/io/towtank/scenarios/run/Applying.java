package io.towtank.scenarios.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.client.ApiClient;
import io.towtank.codec.MalformedDocumentException;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.ManifestDocument;
import io.towtank.patch.PatchException;
import io.towtank.store.Admission;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.admission.ObjectDefaulter;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings objects into the cluster as {@code kubectl apply} does: what is not there is created; of
 * what is there, the fields that the document has are set, those that it had when it was last
 * applied and has no more are removed, and all others stay.
 *
 * <p>What was last applied is remembered here and not in an annotation; of an object that comes
 * from another cluster the annotation tells it.
 */
final class Applying {
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  private static final ImmutableList<String> SERVERS_OWN =
      ImmutableList.of(
          "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ApiStore store;
  private final ApiClient client;
  private final Admission defaults = new ObjectDefaulter();
  // Looked up and never iterated.
  private final Map<Applied, ManifestDocument> given = new HashMap<>();
  private final Map<Applied, ObjectNode> lastApplied = new HashMap<>();

  private record Applied(Kind<?> kind, ObjectKey key) {}

  Applying(ApiStore store, ApiClient client) {
    this.store = store;
    this.client = client;
  }

  /**
   * Creates an object at once: what there is when a run starts. What is there before, as every
   * cluster has it, is changed to what the document says.
   *
   * @param creator as {@link #create(KubeObject)}, or something that makes it part of more
   * @throws ApiException where the API refuses it
   */
  void create(ManifestDocument document, Consumer<KubeObject> creator) {
    KubeObject object = document.object();
    Applied applied = new Applied(object.kind(), key(object));
    boolean live = object.metadata().uid() != null;
    if (store.get(object.kind(), applied.key().namespace(), object.name()) != null
        && !given.containsKey(applied)) {
      change(object.kind(), applied.key(), live ? withoutServersOwn(document) : document.content());
    } else {
      creator.accept(object);
    }
    given.put(applied, document);
    ObjectNode before = live ? annotated(object) : document.content();
    if (before != null) {
      lastApplied.put(applied, before);
    }
  }

  /** The document that an object is from which was there when the run started, null for none. */
  @Nullable ManifestDocument given(KubeObject object) {
    return given.get(new Applied(object.kind(), key(object)));
  }

  /** Creates an object; one that comes from another cluster is as it was there. */
  void create(KubeObject object) {
    if (object.metadata().uid() == null) {
      store.create(object);
    } else {
      store.restore(defaults.admit(new AdmissionRequest(object, null, store)));
    }
  }

  private <T extends KubeObject> void change(Kind<T> kind, ObjectKey key, ObjectNode document) {
    T current = store.get(kind, key.namespace(), key.name());
    if (current != null) {
      store.update(applied(kind, current, null, document));
    }
  }

  /** A document without what the API server has put in by itself. */
  private static ObjectNode withoutServersOwn(ManifestDocument document) {
    ObjectNode content = document.content().deepCopy();
    content.remove("status");
    if (content.path("metadata") instanceof ObjectNode metadata) {
      metadata.remove(SERVERS_OWN);
    }
    return content;
  }

  /** What kubectl noted that it last applied; null where it did not. */
  private static @Nullable ObjectNode annotated(KubeObject object) {
    String text = object.metadata().annotations().get(LAST_APPLIED);
    try {
      return text != null && JSON.readTree(text) instanceof ObjectNode document ? document : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static ObjectKey key(KubeObject object) {
    String namespace = object.metadata().namespace();
    return new ObjectKey(
        object.kind().namespaced() && namespace == null ? "default" : namespace, object.name());
  }

  /** Applies an object through the client; the answer comes later. */
  void apply(ManifestDocument document, Consumer<@Nullable ApiException> answer) {
    KubeObject object = document.object();
    ObjectKey key = key(object);
    ObjectNode before = lastApplied.put(new Applied(object.kind(), key), document.content());
    if (store.get(object.kind(), key.namespace(), key.name()) == null) {
      client.create(object, (created, error) -> answer.accept(error));
    } else {
      patch(object.kind(), key, before, document.content(), answer);
    }
  }

  private <T extends KubeObject> void patch(
      Kind<T> kind,
      ObjectKey key,
      @Nullable ObjectNode before,
      ObjectNode document,
      Consumer<@Nullable ApiException> answer) {
    client.patch(
        kind,
        key,
        current -> applied(kind, current, before, document),
        (patched, error) -> answer.accept(error));
  }

  private static <T extends KubeObject> T applied(
      Kind<T> kind, T current, @Nullable ObjectNode before, ObjectNode document) {
    try {
      return ObjectCodec.read(
          kind, ApplyPatch.apply(kind, ObjectCodec.write(current), before, document));
    } catch (PatchException | MalformedDocumentException e) {
      throw new ApiException(ApiException.Reason.INVALID, String.valueOf(e.getMessage()));
    }
  }
}
