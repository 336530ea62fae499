package io.towtank.scenarios.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectKey;
import io.towtank.client.ApiClient;
import io.towtank.codec.MalformedDocumentException;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.ManifestDocument;
import io.towtank.patch.PatchException;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings objects into the cluster as {@code kubectl apply} does: what is not there is created; of
 * what is there, the fields that the document has are set, those that it had when it was last
 * applied and has no more are removed, and all others stay.
 *
 * <p>What was last applied is remembered here and not in an annotation.
 */
final class Applying {
  private final ApiStore store;
  private final ApiClient client;
  // Looked up and never iterated.
  private final Map<Applied, ObjectNode> lastApplied = new HashMap<>();

  private record Applied(Kind<?> kind, ObjectKey key) {}

  Applying(ApiStore store, ApiClient client) {
    this.store = store;
    this.client = client;
  }

  /** Creates an object at once: what there is when a run starts. */
  void create(ManifestDocument document) {
    KubeObject stored = store.create(document.object());
    lastApplied.put(new Applied(stored.kind(), ObjectKey.of(stored)), document.content());
  }

  /** Applies an object through the client; the answer comes later. */
  void apply(ManifestDocument document, Consumer<@Nullable ApiException> answer) {
    KubeObject object = document.object();
    String namespace = object.metadata().namespace();
    if (object.kind().namespaced() && namespace == null) {
      namespace = "default";
    }
    ObjectKey key = new ObjectKey(namespace, object.name());
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
