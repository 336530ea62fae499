package io.towtank.client;

/** What a request does, as the API server's metrics call it. */
public enum Verb {
  GET,
  LIST,
  CREATE,
  UPDATE,
  PATCH,
  DELETE,
  DELETECOLLECTION
}
