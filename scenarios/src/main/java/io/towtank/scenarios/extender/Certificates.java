package io.towtank.scenarios.extender;

import com.google.common.base.CharMatcher;
import io.towtank.scheduler.config.ConfigurationException;
import io.towtank.scheduler.extender.ExtenderTls;
import io.towtank.validation.FieldPath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** Makes connections' TLS settings of PEM texts (client-go: TLSConfigFor). */
final class Certificates {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final char[] NO_PASSWORD = new char[0];

  /** ASN.1: version 0 and the algorithm rsaEncryption, before a key of PKCS #1. */
  private static final byte[] RSA = {
    0x02,
    0x01,
    0x00,
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  private Certificates() {}

  /**
   * What connections to an extender go by.
   *
   * @param directory where files are whose names are relative
   * @throws ConfigurationException where something cannot be read
   */
  static SSLContext context(ExtenderTls tls, Path directory) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(tls, directory), trust(tls, directory), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw wrong(tls.path(), String.valueOf(e.getMessage()));
    }
  }

  private static ConfigurationException wrong(FieldPath path, String why) {
    return new ConfigurationException(path, why, null, true);
  }

  private static String text(ExtenderTls.Pem pem, Path directory) {
    if (pem.isFile()) {
      Path file = directory.resolve(pem.text());
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw wrong(
            pem.path(),
            Files.exists(file)
                ? "cannot read " + file + ": " + e.getMessage()
                : "there is no file " + file);
      }
    }
    try {
      return new String(
          Base64.getDecoder().decode(CharMatcher.whitespace().removeFrom(pem.text())),
          StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw wrong(pem.path(), "is no base64: " + e.getMessage());
    }
  }

  private static Collection<? extends Certificate> certificates(
      ExtenderTls.Pem pem, Path directory) {
    String text = text(pem, directory);
    try {
      Collection<? extends Certificate> read =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
      if (!read.isEmpty()) {
        return read;
      }
    } catch (GeneralSecurityException e) {
      throw wrong(pem.path(), "cannot read a certificate: " + e.getMessage());
    }
    throw wrong(pem.path(), "there is no certificate in it, which begins with -----BEGIN");
  }

  private static PrivateKey key(ExtenderTls.Pem pem, Path directory) {
    Matcher block = BLOCK.matcher(text(pem, directory));
    while (block.find()) {
      byte[] content =
          Base64.getMimeDecoder().decode(block.group(2).getBytes(StandardCharsets.US_ASCII));
      switch (block.group(1)) {
        case "PRIVATE KEY" -> {
          return key(pem, content);
        }
        case "RSA PRIVATE KEY" -> {
          return key(pem, sequence(RSA, tagged(0x04, content)));
        }
        case "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY" ->
            throw wrong(
                pem.path(),
                "a key is read as PKCS #8 without a password; openssl pkcs8 -topk8 -nocrypt makes"
                    + " one");
        default -> {}
      }
    }
    throw wrong(pem.path(), "there is no key in it, which begins with -----BEGIN PRIVATE KEY");
  }

  private static PrivateKey key(ExtenderTls.Pem pem, byte[] pkcs8) {
    for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException e) {
        // It is a key of another kind.
      } catch (GeneralSecurityException e) {
        throw wrong(pem.path(), "cannot read the key: " + e.getMessage());
      }
    }
    throw wrong(pem.path(), "the key is none of RSA, EC and EdDSA");
  }

  private static byte[] sequence(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return tagged(0x30, both);
  }

  /** ASN.1: a value of up to 65,535 bytes, with its tag and length before it. */
  private static byte[] tagged(int tag, byte[] value) {
    byte[] tagged = new byte[value.length + 4];
    tagged[0] = (byte) tag;
    tagged[1] = (byte) 0x82;
    tagged[2] = (byte) (value.length >> 8);
    tagged[3] = (byte) value.length;
    System.arraycopy(value, 0, tagged, 4, value.length);
    return tagged;
  }

  private static KeyManager @Nullable [] keys(ExtenderTls tls, Path directory)
      throws GeneralSecurityException {
    if (tls.certificate() == null || tls.key() == null) {
      return null;
    }
    KeyStore store = empty();
    try {
      store.setKeyEntry(
          "client",
          key(tls.key(), directory),
          NO_PASSWORD,
          certificates(tls.certificate(), directory).toArray(Certificate[]::new));
    } catch (GeneralSecurityException e) {
      throw wrong(tls.certificate().path(), "cannot be used with the key: " + e.getMessage());
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static TrustManager @Nullable [] trust(ExtenderTls tls, Path directory)
      throws GeneralSecurityException {
    if (tls.insecure()) {
      return new TrustManager[] {Trust.ANYBODY};
    }
    if (tls.authorities() == null && tls.serverName().isEmpty()) {
      return null;
    }
    KeyStore store = null;
    if (tls.authorities() != null) {
      store = empty();
      int count = 0;
      for (Certificate certificate : certificates(tls.authorities(), directory)) {
        store.setCertificateEntry("ca-" + count++, certificate);
      }
    }
    return Trust.in(store, tls.serverName());
  }

  private static KeyStore empty() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
    return store;
  }
}
