package io.towtank.store;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.Kind;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMeta;
import io.towtank.api.Pod;
import io.towtank.codec.MalformedDocumentException;
import io.towtank.codec.ObjectCodec;
import io.towtank.patch.PatchException;
import io.towtank.patch.PatchType;
import io.towtank.patch.Patches;
import java.util.Objects;

/** Applies patches to stored objects (apiserver: endpoints/handlers/patch.go). */
final class Patching {
  private Patching() {}

  /**
   * An object as patched, to be written as an update.
   *
   * @throws ApiException where the patch does not make it another version of the same object
   */
  static <T extends KubeObject> T apply(T current, Kind<T> kind, PatchType type, JsonNode patch) {
    T patched;
    try {
      JsonNode document = Patches.apply(type, ObjectCodec.write(current), patch, kind);
      patched = ObjectCodec.read(kind, document);
    } catch (PatchException e) {
      throw new ApiException(reason(e.reason()), String.valueOf(e.getMessage()));
    } catch (MalformedDocumentException e) {
      throw new ApiException(ApiException.Reason.BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    ObjectMeta before = current.metadata();
    ObjectMeta after = patched.metadata();
    // handlers/rest.go: checkName
    if (!after.name().equals(before.name())) {
      throw new ApiException(
          ApiException.Reason.BAD_REQUEST,
          "the name of the object ("
              + after.name()
              + ") does not match the name on the URL ("
              + before.name()
              + ")");
    }
    if (!Objects.equals(after.namespace(), before.namespace())) {
      throw new ApiException(
          ApiException.Reason.BAD_REQUEST,
          "the namespace of the object ("
              + after.namespace()
              + ") does not match the namespace on the request ("
              + before.namespace()
              + ")");
    }
    // What the patch leaves alone stays shared with the other pods of the template.
    if (patched instanceof Pod pod
        && current instanceof Pod stored
        && pod.spec().equals(stored.spec())) {
      return kind.type().cast(pod.withSpec(stored.spec()));
    }
    return patched;
  }

  private static ApiException.Reason reason(PatchException.Reason reason) {
    return switch (reason) {
      case MALFORMED -> ApiException.Reason.BAD_REQUEST;
      case INAPPLICABLE -> ApiException.Reason.INVALID;
      case UNSUPPORTED -> ApiException.Reason.UNSUPPORTED_MEDIA_TYPE;
      case INTERNAL -> ApiException.Reason.INTERNAL_ERROR;
    };
  }
}
