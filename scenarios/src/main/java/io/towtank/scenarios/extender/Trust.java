package io.towtank.scenarios.extender;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Believes servers whose certificates authorities have signed for a name; or all of them. */
final class Trust extends X509ExtendedTrustManager {
  /** Believes any certificate (client-go: TLSClientConfig.Insecure). */
  static final TrustManager ANYBODY = new Trust(null, "");

  private static final int DNS_NAME = 2;
  private static final int ADDRESS = 7;

  private final @Nullable X509TrustManager chains;
  private final String serverName;

  private Trust(@Nullable X509TrustManager chains, String serverName) {
    this.chains = chains;
    this.serverName = serverName;
  }

  /**
   * Trust in authorities.
   *
   * @param authorities null for those that Java knows
   * @param serverName whom a certificate is to name; empty for the host of the URL
   */
  static TrustManager[] in(@Nullable KeyStore authorities, String serverName)
      throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(authorities);
    TrustManager[] made = factory.getTrustManagers();
    return serverName.isEmpty()
        ? made
        : new TrustManager[] {new Trust((X509TrustManager) made[0], serverName)};
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    if (chains == null) {
      return;
    }
    chains.checkServerTrusted(chain, authType);
    Collection<List<?>> names = chain[0].getSubjectAlternativeNames();
    if (names != null && names.stream().anyMatch(this::names)) {
      return;
    }
    throw new CertificateException("the certificate does not name " + serverName);
  }

  private boolean names(List<?> alternative) {
    int type = ((Number) alternative.get(0)).intValue();
    String name = String.valueOf(alternative.get(1)).toLowerCase(Locale.ROOT);
    String wanted = serverName.toLowerCase(Locale.ROOT);
    int dot = wanted.indexOf('.');
    return (type == DNS_NAME || type == ADDRESS)
        && (name.equals(wanted)
            || (name.startsWith("*.")
                && dot > 0
                && name.substring(1).equals(wanted.substring(dot))));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("there are no clients here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chains == null ? new X509Certificate[0] : chains.getAcceptedIssuers();
  }
}
