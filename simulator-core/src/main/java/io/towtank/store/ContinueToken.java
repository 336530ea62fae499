package io.towtank.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.towtank.api.ObjectKey;
import java.util.Base64;

/**
 * Where a page of a list ended, as clients carry it from one request to the next (apiserver:
 * storage/continue.go).
 *
 * @param revision at which the list is; {@link #INCONSISTENT} for whatever is the newest
 * @param last the last object that was listed
 */
record ContinueToken(long revision, ObjectKey last) {
  static final long INCONSISTENT = -1;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VERSION = "meta.k8s.io/v1";

  /**
   * Reads a token.
   *
   * @throws ApiException BadRequest where it is none
   */
  static ContinueToken parse(String token) {
    try {
      JsonNode node = JSON.readTree(Base64.getUrlDecoder().decode(token));
      String start = node.path("start").asText();
      int end = start.indexOf('\0');
      int slash = start.indexOf('/');
      if (node.path("v").asText().equals(VERSION)
          && node.path("rv").isIntegralNumber()
          && end == start.length() - 1
          && end > 0) {
        return new ContinueToken(
            node.path("rv").asLong(),
            new ObjectKey(
                slash < 0 ? null : start.substring(0, slash), start.substring(slash + 1, end)));
      }
    } catch (java.io.IOException | IllegalArgumentException e) {
      // Falls through to the refusal, which says all that a client can use.
    }
    throw new ApiException(ApiException.Reason.BAD_REQUEST, "continue key is not valid: " + token);
  }

  @Override
  public String toString() {
    try {
      byte[] json =
          JSON.writeValueAsBytes(
              JsonNodeFactory.instance
                  .objectNode()
                  .put("v", VERSION)
                  .put("rv", revision)
                  .put("start", last + "\0"));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
