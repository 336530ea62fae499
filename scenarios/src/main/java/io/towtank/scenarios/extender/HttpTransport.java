package io.towtank.scenarios.extender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towtank.scheduler.extender.ExtenderException;
import io.towtank.scheduler.extender.ExtenderTransport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Posts JSON over HTTP. The simulation waits meanwhile: virtual time stands still. What an extender
 * answers is beyond the run's seed, so that a run is only as repeatable as its extenders.
 */
public final class HttpTransport implements ExtenderTransport {
  private static final int OK = 200;

  private final HttpClient client = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();

  @Override
  public JsonNode post(String url, JsonNode body, long timeoutNanos) throws ExtenderException {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url))
              .timeout(Duration.ofNanos(timeoutNanos))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8))
              .build();
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      if (response.statusCode() != OK) {
        throw new ExtenderException(
            "failed extender call to " + url + ", code " + response.statusCode());
      }
      return mapper.readTree(response.body());
    } catch (IOException | IllegalArgumentException e) {
      throw new ExtenderException("failed extender call to " + url + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExtenderException("failed extender call to " + url + ": interrupted");
    }
  }
}
