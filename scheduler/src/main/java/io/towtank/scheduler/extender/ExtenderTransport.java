package io.towtank.scheduler.extender;

import com.fasterxml.jackson.databind.JsonNode;

/** Sends requests to extenders. */
@FunctionalInterface
public interface ExtenderTransport {
  /** Where there is no way out of the simulation. */
  ExtenderTransport NONE =
      (extender, verb, body) -> {
        throw new ExtenderException("no requests can be sent from here");
      };

  /**
   * Posts a document and waits for the answer, in real time and no longer than the extender's
   * time-out.
   *
   * @param verb what comes after the extender's {@code urlPrefix}
   * @throws ExtenderException where no answer came, or no document of status 200
   */
  JsonNode post(ExtenderConfiguration extender, String verb, JsonNode body)
      throws ExtenderException;
}
