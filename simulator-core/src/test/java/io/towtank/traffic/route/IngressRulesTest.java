package io.towtank.traffic.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.GenericObject;
import io.towtank.manifest.ManifestDocument;
import io.towtank.manifest.ManifestReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngressRulesTest {
  private static final String SHOP =
      """
      apiVersion: networking.k8s.io/v1
      kind: Ingress
      metadata: {name: shop, namespace: team}
      spec:
        defaultBackend: {service: {name: sorry, port: {number: 80}}}
        rules:
        - host: shop.example.com
          http:
            paths:
            - {path: /, pathType: Prefix, backend: {service: {name: front, port: {number: 80}}}}
            - {path: /cart, pathType: Prefix, backend: {service: {name: cart, port: {number: 80}}}}
            - {path: /cart/pay, pathType: Exact, backend: {service: {name: pay, port: {number: 80}}}}
        - host: "*.example.com"
          http:
            paths:
            - {path: /any, pathType: Prefix, backend: {service: {name: wild, port: {number: 80}}}}
        - http:
            paths:
            - {path: /all, pathType: ImplementationSpecific, backend: {service: {name: all, port: {number: 80}}}}
      """;

  private static IngressRules rules(String text) {
    IngressRules rules = new IngressRules();
    for (ManifestDocument document : ManifestReader.read("test.yaml", text).documents()) {
      rules.add((GenericObject) document.object());
    }
    return rules;
  }

  @ParameterizedTest
  @CsvSource({
    "shop.example.com,  /,           front",
    "shop.example.com,  /carts,      front",
    "shop.example.com,  /cart,       cart",
    "shop.example.com,  /cart/,      cart",
    "shop.example.com,  /cart/pay,   pay",
    "shop.example.com,  /cart/pay/1, cart",
    "news.example.com,  /any/x,      wild",
    "News.Example.com,  /any/x,      wild",
    "a.b.example.com,   /any,        sorry", // A wildcard is for one label.
    "news.example.com,  /other,      sorry",
    "example.com,       /all,        all",
    "elsewhere.org,     /all/1,      all",
    "elsewhere.org,     /,           sorry",
  })
  void aRequestGoesTo(String host, String path, String service) {
    assertThat(rules(SHOP).service(host, path)).hasToString("team/" + service);
  }

  /** A file of the first days: its rules are those of today. */
  @Test
  void oldVersionsAreRead() {
    IngressRules rules =
        rules(
            """
            apiVersion: extensions/v1beta1
            kind: Ingress
            metadata: {name: traefik-ingress, namespace: default}
            spec:
              rules:
              - host: 163.com
                http:
                  paths:
                  - path: /
                    backend: {serviceName: backend, servicePort: 80}
            """);
    assertThat(rules.service("163.com", "/index.html")).hasToString("default/backend");
    assertThat(rules.service("164.com", "/")).isNull();
  }
}
