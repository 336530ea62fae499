package io.towtank.scheduler.extender;

import io.towtank.scheduler.config.Arguments;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.validation.FieldPath;
import org.jspecify.annotations.Nullable;

/**
 * Whom an extender's connection believes, and how it shows who it is (kube-scheduler:
 * ExtenderTLSConfig).
 *
 * @param path its place in the configuration
 * @param insecure whether any certificate is believed
 * @param serverName whom the server's certificate is to name; empty for the host of the URL
 * @param certificate shown to the server
 * @param key of that certificate
 * @param authorities whose certificates are believed; null for those that Java knows
 */
public record ExtenderTls(
    FieldPath path,
    boolean insecure,
    String serverName,
    @Nullable Pem certificate,
    @Nullable Pem key,
    @Nullable Pem authorities) {
  /**
   * PEM text, in the configuration itself or in a file.
   *
   * @param path its place in the configuration
   * @param text a file's name, or base64 of the PEM text
   * @param isFile which of the two
   */
  public record Pem(FieldPath path, String text, boolean isFile) {}

  /** client-go: TLSConfigFor. */
  static ExtenderTls read(Arguments tls) {
    tls.allow(
        "insecure", "serverName", "certFile", "keyFile", "caFile", "certData", "keyData", "caData");
    ExtenderTls read =
        new ExtenderTls(
            tls.path(),
            tls.bool("insecure", false),
            tls.text("serverName", ""),
            pem(tls, "cert"),
            pem(tls, "key"),
            pem(tls, "ca"));
    if (read.insecure && read.authorities != null) {
      throw new ConfigurationException(
          read.authorities.path(),
          "who is believed does not matter where insecure believes anybody",
          "leave out insecure, or this",
          false);
    }
    if (read.certificate != null && read.key == null) {
      throw missing(read.certificate, "a certificate needs its key", "keyFile or keyData");
    }
    if (read.key != null && read.certificate == null) {
      throw missing(read.key, "a key needs its certificate", "certFile or certData");
    }
    return read;
  }

  private static ConfigurationException missing(Pem there, String problem, String suggestion) {
    return new ConfigurationException(there.path(), problem, "add " + suggestion, false);
  }

  /** Data goes before a file. */
  private static @Nullable Pem pem(Arguments tls, String of) {
    String data = tls.text(of + "Data", "");
    String file = tls.text(of + "File", "");
    if (!data.isEmpty()) {
      return new Pem(tls.path().field(of + "Data"), data, false);
    }
    return file.isEmpty() ? null : new Pem(tls.path().field(of + "File"), file, true);
  }
}
