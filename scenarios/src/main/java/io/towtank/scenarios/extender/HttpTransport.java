package io.towtank.scenarios.extender;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towtank.api.Durations;
import io.towtank.scheduler.extender.ExtenderConfiguration;
import io.towtank.scheduler.extender.ExtenderException;
import io.towtank.scheduler.extender.ExtenderTls;
import io.towtank.scheduler.extender.ExtenderTransport;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Posts JSON over HTTP. The simulation waits meanwhile: virtual time stands still. What an extender
 * answers is beyond the run's seed, so that a run is only as repeatable as its extenders.
 */
public final class HttpTransport implements ExtenderTransport {
  private static final int OK = 200;

  private final HttpClient plain = HttpClient.newHttpClient();
  private final Map<ExtenderTls, HttpClient> withTls = new LinkedHashMap<>();
  private final ObjectMapper mapper = new ObjectMapper();

  /**
   * A way to these extenders.
   *
   * @param directory where files of certificates are whose names are relative
   * @throws io.towtank.scheduler.config.ConfigurationException where certificates cannot be read
   */
  public HttpTransport(List<ExtenderConfiguration> extenders, Path directory) {
    for (ExtenderConfiguration extender : extenders) {
      ExtenderTls tls = extender.tls();
      if (tls != null) {
        withTls.put(
            tls, HttpClient.newBuilder().sslContext(Certificates.context(tls, directory)).build());
      }
    }
  }

  private HttpClient client(ExtenderConfiguration extender) {
    ExtenderTls tls = extender.tls();
    return tls == null ? plain : withTls.getOrDefault(tls, plain);
  }

  @Override
  public JsonNode post(ExtenderConfiguration extender, String verb, JsonNode body)
      throws ExtenderException {
    String prefix = extender.urlPrefix();
    String url = (prefix.endsWith("/") ? prefix : prefix + "/") + verb;
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url))
              .timeout(Duration.ofNanos(extender.timeoutNanos()))
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8))
              .build();
      HttpResponse<String> response =
          client(extender)
              .send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      if (response.statusCode() != OK) {
        throw new ExtenderException(
            "failed " + verb + " with extender at URL " + url + ", code " + response.statusCode());
      }
      return mapper.readTree(response.body());
    } catch (IOException | IllegalArgumentException e) {
      throw new ExtenderException("Post \"" + url + "\": " + reason(e, extender));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ExtenderException("Post \"" + url + "\": interrupted");
    }
  }

  /** In words: some of Java's exceptions have none. */
  private static String reason(Exception failure, ExtenderConfiguration extender) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "no such host";
      }
    }
    String message = failure.getMessage();
    return switch (failure) {
      case HttpConnectTimeoutException e -> "no connection within " + timeout(extender);
      case HttpTimeoutException e -> "no answer within " + timeout(extender);
      case ConnectException e -> message == null ? "connection refused" : message;
      default -> message == null ? failure.getClass().getSimpleName() : message;
    };
  }

  private static String timeout(ExtenderConfiguration extender) {
    return Durations.format(extender.timeoutNanos());
  }
}
