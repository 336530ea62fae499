package io.towtank.schema;

/** How server-side apply merges a list ({@code x-kubernetes-list-type}). */
public enum ListType {
  /** It is replaced as a whole; so are maps and objects that bear this. */
  ATOMIC,
  /** Its elements are different from one another. */
  SET,
  /** Its elements are objects that differ in their keys. */
  MAP
}
