package io.towtank.scheduler.extender;

import com.fasterxml.jackson.databind.JsonNode;

/** Sends requests to extenders. */
@FunctionalInterface
public interface ExtenderTransport {
  /** Where there is no way out of the simulation. */
  ExtenderTransport NONE =
      (url, body, timeoutNanos) -> {
        throw new ExtenderException("no requests can be sent from here");
      };

  /**
   * Posts a document and waits for the answer.
   *
   * @param timeoutNanos for how long, in real time
   * @throws ExtenderException where none came, or no document of status 200
   */
  JsonNode post(String url, JsonNode body, long timeoutNanos) throws ExtenderException;
}
