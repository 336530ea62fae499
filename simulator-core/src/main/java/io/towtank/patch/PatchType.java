package io.towtank.patch;

import java.util.Optional;

/** How a patch is written. */
public enum PatchType {
  /** A list of operations (RFC 6902). */
  JSON("application/json-patch+json"),
  /** A part of the object, in which null removes (RFC 7386). */
  MERGE("application/merge-patch+json"),
  /** A part of the object with directives, of which lists are merged as the kind's schema says. */
  STRATEGIC_MERGE("application/strategic-merge-patch+json");

  private final String contentType;

  PatchType(String contentType) {
    this.contentType = contentType;
  }

  /** The content type of requests with such a patch. */
  public String contentType() {
    return contentType;
  }

  /** The type of a content type, empty where there is none. */
  public static Optional<PatchType> ofContentType(String contentType) {
    for (PatchType type : values()) {
      if (type.contentType.equals(contentType)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
