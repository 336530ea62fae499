package io.towtank.scenarios.extender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.towtank.manifest.YamlReader;
import io.towtank.scheduler.SchedulerConfiguration;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.extender.ExtenderConfiguration;
import io.towtank.scheduler.extender.ExtenderException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Real HTTPS servers: one takes anybody, one asks who is there. Their certificates name localhost.
 */
class HttpTransportTest {
  private static final String PASSWORD = "changeit";

  @TempDir private static Path directory;
  private static HttpsServer open;
  private static HttpsServer guarded;

  @BeforeAll
  static void serve() throws IOException, GeneralSecurityException, InterruptedException {
    keyPair("server", "EC", "SAN=dns:localhost,dns:extender.example.com,dns:*.wild.example.com");
    keyPair("client", "EC", "SAN=dns:client");
    keyPair("rsa", "RSA", "SAN=dns:rsa");
    keyPair("stranger", "EC", "SAN=dns:localhost");
    open = server(false);
    guarded = server(true);
  }

  @AfterAll
  static void stop() {
    open.stop(0);
    guarded.stop(0);
  }

  /** A key with a certificate that it signed itself: as a store, as PEM, and as PEM of old. */
  private static void keyPair(String name, String algorithm, String extension)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path store = directory.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-alias",
                name,
                "-keyalg",
                algorithm,
                "-keysize",
                algorithm.equals("RSA") ? "2048" : "256",
                "-dname",
                "CN=" + name,
                "-ext",
                extension,
                "-validity",
                "3650",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore loaded = load(name);
    pem(name + ".crt", "CERTIFICATE", loaded.getCertificate(name).getEncoded());
    Key key = Objects.requireNonNull(loaded.getKey(name, PASSWORD.toCharArray()));
    pem(name + ".key", "PRIVATE KEY", key.getEncoded());
    if (algorithm.equals("RSA")) {
      // PKCS #8 is PKCS #1 with 26 bytes before it, where a key has 256 to 65,535 bytes.
      byte[] pkcs8 = key.getEncoded();
      pem(name + "-old.key", "RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, 26, pkcs8.length));
    }
  }

  private static KeyStore load(String name) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private static void pem(String file, String kind, byte[] content) throws IOException {
    Files.writeString(
        directory.resolve(file),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                kind, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content), kind));
  }

  private static HttpsServer server(boolean asksWhoIsThere)
      throws IOException, GeneralSecurityException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(load("server"), PASSWORD.toCharArray());
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("client", load("client").getCertificate("client"));
    known.setCertificateEntry("rsa", load("rsa").getCertificate("rsa"));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(known);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters ssl = context.getDefaultSSLParameters();
            ssl.setNeedClientAuth(asksWhoIsThere);
            parameters.setSSLParameters(ssl);
          }
        });
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] answer = "{\"said\": \"hello\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static ExtenderConfiguration extender(HttpsServer server, String host, String fields) {
    return SchedulerConfiguration.read(
            YamlReader.read(
                    "case",
                    "{extenders: [{urlPrefix: 'https://%s:%d/x', filterVerb: filter, %s}]}"
                        .formatted(host, server.getAddress().getPort(), fields))
                .getFirst()
                .content())
        .extenders()
        .getFirst();
  }

  private static String ask(HttpsServer server, String host, String fields) {
    ExtenderConfiguration extender = extender(server, host, fields);
    try {
      return new HttpTransport(List.of(extender), directory)
          .post(extender, "filter", JsonNodeFactory.instance.objectNode())
          .path("said")
          .asText();
    } catch (ExtenderException e) {
      String message = String.valueOf(e.getMessage());
      assertThat(message).startsWith("Post \"https://" + host + ":").doesNotContain("null");
      return "fails";
    }
  }

  private static String base64(String file) throws IOException {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(directory.resolve(file)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
# Who is believed
open    | localhost | weight: 1                                                     | fails
open    | localhost | tlsConfig: {caFile: server.crt}                               | hello
open    | localhost | 'enableHTTPS: true, tlsConfig: {caFile: server.crt}'          | hello
open    | localhost | tlsConfig: {caFile: stranger.crt}                             | fails
open    | localhost | tlsConfig: {insecure: true}                                   | hello
open    | localhost | enableHTTPS: true                                             | hello
# The name in the certificate
open    | 127.0.0.1 | tlsConfig: {caFile: server.crt}                               | fails
open    | 127.0.0.1 | 'tlsConfig: {caFile: server.crt, serverName: localhost}'      | hello
open    | 127.0.0.1 | 'tlsConfig: {caFile: server.crt, serverName: Extender.example.com}' | hello
open    | 127.0.0.1 | 'tlsConfig: {caFile: server.crt, serverName: a.wild.example.com}'   | hello
open    | 127.0.0.1 | 'tlsConfig: {caFile: server.crt, serverName: a.b.wild.example.com}' | fails
open    | localhost | 'tlsConfig: {caFile: server.crt, serverName: other.example.com}'    | fails
open    | 127.0.0.1 | tlsConfig: {insecure: true}                                   | hello
# Who asks
guarded | localhost | tlsConfig: {insecure: true}                                   | fails
guarded | localhost | 'tlsConfig: {caFile: server.crt, certFile: client.crt, keyFile: client.key}'     | hello
guarded | localhost | 'tlsConfig: {insecure: true, certFile: rsa.crt, keyFile: rsa.key}'               | hello
guarded | localhost | 'tlsConfig: {insecure: true, certFile: rsa.crt, keyFile: rsa-old.key}'           | hello
guarded | localhost | 'tlsConfig: {insecure: true, certFile: stranger.crt, keyFile: stranger.key}'     | fails
""")
  void connects(String server, String host, String fields, String answer) {
    assertThat(ask(server.equals("open") ? open : guarded, host, fields)).isEqualTo(answer);
  }

  @Test
  void dataGoesBeforeFiles() throws IOException {
    assertThat(
            ask(
                guarded,
                "localhost",
                ("tlsConfig: {caFile: none, caData: %s, certFile: none, certData: %s,"
                        + " keyFile: none, keyData: %s}")
                    .formatted(base64("server.crt"), base64("client.crt"), base64("client.key"))))
        .isEqualTo("hello");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
"""
caFile: none.crt                                 | caFile   | there is no file
caFile: client.key                               | caFile   | certificate
caData: '%%%'                                    | caData   | is no base64
'certFile: client.crt, keyFile: client.crt'      | keyFile  | there is no key in it
'certFile: client.key, keyFile: client.key'      | certFile | certificate
""")
  void whatCannotBeReadIsToldWithItsPlace(String tls, String field, String problem) {
    ExtenderConfiguration extender = extender(open, "localhost", "tlsConfig: {" + tls + "}");
    assertThatThrownBy(() -> new HttpTransport(List.of(extender), directory))
        .isInstanceOfSatisfying(
            ConfigurationException.class,
            e -> {
              assertThat(e.path().toString()).isEqualTo("extenders[0].tlsConfig." + field);
              assertThat(e.problem().toLowerCase(Locale.ROOT)).contains(problem);
            });
  }
}
