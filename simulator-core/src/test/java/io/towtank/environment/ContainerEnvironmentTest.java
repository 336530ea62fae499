package io.towtank.environment;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.GenericObject;
import io.towtank.api.KubeObject;
import io.towtank.api.Pod;
import io.towtank.api.Quantity;
import io.towtank.api.Service;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.YamlReader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a container of pod p on node-1 gets, and what keeps it from being created. */
class ContainerEnvironmentTest {
  private static final String SETTINGS =
      "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: default}, data:"
          + " {colour: blue, size: large}, binaryData: {logo: AAAA}}";
  private static final String KEYS =
      "{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: default}, data: {token:"
          + " c2VjcmV0}, stringData: {plain: x}}";
  private static final ImmutableMap<String, Quantity> ALLOCATABLE =
      ImmutableMap.of("cpu", Quantity.parse("31500m"), "memory", Quantity.parse("250Gi"));

  private static KubeObject read(String document) {
    return ObjectCodec.read(YamlReader.read("case", document).getFirst().content());
  }

  private static final Configuration CONFIGURATION =
      new Configuration((kind, namespace, name) -> {
        for (String document : new String[] {SETTINGS, KEYS}) {
          GenericObject object = (GenericObject) read(document);
          if (object.kind().equals(kind) && object.name().equals(name)) {
            return object;
          }
        }
        return null;
      });

  private static Pod pod(String spec, String container) {
    return (Pod)
        read(
            "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default, uid: '1', labels:"
                + " {app: web}, annotations: {note: 'a b'}}, spec: {nodeName: node-1,"
                + " serviceAccountName: robot"
                + spec
                + ", containers: [{name: c, image: i, resources: {requests: {cpu: 250m}, limits:"
                + " {memory: 64Mi}}, "
                + container
                + "}, {name: other, image: i, resources: {limits: {cpu: 2}}}]},"
                + " status: {phase: Pending, podIP: 10.0.0.2, hostIP: 172.16.0.1}}");
  }

  private static String environment(String spec, String container, String... services) {
    Pod pod = pod(spec, container);
    ImmutableList.Builder<Service> all = ImmutableList.builder();
    for (String service : services) {
      all.add((Service) read(service));
    }
    return ContainerEnvironment.of(
            pod, pod.spec().containers().getFirst(), CONFIGURATION, ALLOCATABLE, all.build())
        .stream()
        .map(variable -> variable.name() + "=" + variable.value())
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # case                               | container                                                                                                     | environment
          nothing is set                       | env: []                                                                                                       |
          a value                              | env: [{name: A, value: x}]                                                                                    | A=x
          one before is put in                 | env: [{name: A, value: x}, {name: B, value: '$(A)y$(A)'}]                                                     | A=x B=xyx
          one after is not                     | env: [{name: B, value: '$(A)'}, {name: A, value: x}]                                                          | B=$(A) A=x
          dollars                              | env: [{name: A, value: x}, {name: B, value: '$$(A) $A $'}]                                                    | A=x B=$(A) $A $
          all of a config map                  | envFrom: [{configMapRef: {name: settings}}]                                                                   | colour=blue size=large
          with a prefix                        | envFrom: [{prefix: S_, configMapRef: {name: settings}}]                                                       | S_colour=blue S_size=large
          env goes before envFrom              | {envFrom}, env: [{name: size, value: small}]                                                                  | colour=blue size=small
          secrets are not shown                | envFrom: [{secretRef: {name: keys}}]                                                                          | plain=<hidden> token=<hidden>
          one key                              | env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: size}}}]                                   | A=large
          an optional key that is missing      | env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: gone, optional: true}}}]                     |
          an optional map that is missing      | envFrom: [{configMapRef: {name: gone, optional: true}}]                                                         |
          the pod's name and namespace         | env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}, {name: B, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}] | A=p B=default
          its node and account                 | env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}, {name: B, valueFrom: {fieldRef: {fieldPath: spec.serviceAccountName}}}] | A=node-1 B=robot
          its addresses                        | env: [{name: A, valueFrom: {fieldRef: {fieldPath: status.podIP}}}, {name: B, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}] | A=10.0.0.2 B=172.16.0.1
          a label, and one that it has not     | env: [{name: A, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}, {name: B, valueFrom: {fieldRef: {fieldPath: "metadata.labels['gone']"}}}] | A=web B=
          an annotation                        | env: [{name: A, valueFrom: {fieldRef: {fieldPath: "metadata.annotations['note']"}}}]                          | A=a b
          what it asks for, rounded up         | env: [{name: A, valueFrom: {resourceFieldRef: {resource: requests.cpu}}}]                                     | A=1
          in thousandths                       | env: [{name: A, valueFrom: {resourceFieldRef: {resource: requests.cpu, divisor: 1m}}}]                        | A=250
          its limit                            | env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}]                      | A=64
          without a limit what the node has    | env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]                                       | A=32
          another container's                  | env: [{name: A, valueFrom: {resourceFieldRef: {containerName: other, resource: limits.cpu}}}]                 | A=2
          what is not asked for is nothing     | env: [{name: A, valueFrom: {resourceFieldRef: {resource: requests.memory}}}]                                  | A=0
          """)
  void variables(String why, String container, @Nullable String expected) {
    assertThat(
            environment(
                "", container.replace("{envFrom}", "envFrom: [{configMapRef: {name: settings}}]")))
        .as(why)
        .isEqualTo(expected == null ? "" : expected);
  }

  private static final String SHOP =
      "{apiVersion: v1, kind: Service, metadata: {name: web-shop, namespace: default}, spec:"
          + " {clusterIP: 10.96.0.7, ports: [{name: http, port: 80}, {name: dns, port: 53,"
          + " protocol: UDP}]}}";
  private static final String HEADLESS =
      "{apiVersion: v1, kind: Service, metadata: {name: quiet, namespace: default}, spec:"
          + " {clusterIP: None, ports: [{port: 80}]}}";
  private static final String ELSEWHERE =
      "{apiVersion: v1, kind: Service, metadata: {name: far, namespace: other}, spec:"
          + " {clusterIP: 10.96.0.8, ports: [{port: 80}]}}";

  @Test
  void servicesOfTheNamespaceThatHaveAnAddress() {
    assertThat(environment("", "env: []", SHOP, HEADLESS, ELSEWHERE))
        .isEqualTo(
            "WEB_SHOP_PORT=tcp://10.96.0.7:80 WEB_SHOP_PORT_53_UDP=udp://10.96.0.7:53"
                + " WEB_SHOP_PORT_53_UDP_ADDR=10.96.0.7 WEB_SHOP_PORT_53_UDP_PORT=53"
                + " WEB_SHOP_PORT_53_UDP_PROTO=udp WEB_SHOP_PORT_80_TCP=tcp://10.96.0.7:80"
                + " WEB_SHOP_PORT_80_TCP_ADDR=10.96.0.7 WEB_SHOP_PORT_80_TCP_PORT=80"
                + " WEB_SHOP_PORT_80_TCP_PROTO=tcp WEB_SHOP_SERVICE_HOST=10.96.0.7"
                + " WEB_SHOP_SERVICE_PORT=80 WEB_SHOP_SERVICE_PORT_DNS=53"
                + " WEB_SHOP_SERVICE_PORT_HTTP=80");
  }

  @Test
  void ownVariablesGoBeforeThoseOfServicesAndMayUseThem() {
    assertThat(
            environment(
                "",
                "env: [{name: WEB_SHOP_SERVICE_PORT, value: '1'}, {name: URL, value:"
                    + " 'http://$(WEB_SHOP_SERVICE_HOST)'}]",
                SHOP))
        .startsWith("WEB_SHOP_SERVICE_PORT=1 URL=http://10.96.0.7 ")
        .doesNotContain("WEB_SHOP_SERVICE_PORT=80 ");
  }

  @Test
  void withoutLinksTheApiServerIsTold() {
    String apiServer = SHOP.replace("web-shop", "kubernetes");
    assertThat(environment(", enableServiceLinks: false", "env: []", SHOP, apiServer))
        .contains("KUBERNETES_SERVICE_HOST=10.96.0.7")
        .doesNotContain("WEB_SHOP");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # case                       | container                                                                                          | problem
          all is there                 | envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: keys}}]                             |
          no such map                  | envFrom: [{configMapRef: {name: gone}}]                                                              | configmap "gone" not found
          no such secret               | env: [{name: A, valueFrom: {secretKeyRef: {name: gone, key: a}}}]                                    | secret "gone" not found
          no such key                  | env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: gone}}}]                          | couldn't find key gone in ConfigMap default/settings
          no such key of a secret      | env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: gone}}}]                                 | couldn't find key gone in Secret default/keys
          a key in plain words         | env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: plain}}}]                              |
          it may be missing            | envFrom: [{configMapRef: {name: gone, optional: true}}]                                              |
          the first counts             | envFrom: [{secretRef: {name: gone}}], env: [{name: A, valueFrom: {configMapKeyRef: {name: gone, key: a}}}] | secret "gone" not found
          no such container            | env: [{name: A, valueFrom: {resourceFieldRef: {containerName: gone, resource: limits.cpu}}}]         | container gone not found
          """)
  void problems(String why, String container, @Nullable String expected) {
    Pod pod = pod("", container);
    String problem = null;
    for (Reference reference : References.of(pod.spec().containers().getFirst())) {
      problem = problem != null ? problem : CONFIGURATION.problemOfVariable(reference, "default");
    }
    if (problem == null) {
      problem = ContainerEnvironment.mistake(pod.spec(), pod.spec().containers().getFirst());
    }
    assertThat(problem).as(why).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # case                      | volume                                                                                    | problem
          all is there                | configMap: {name: settings, items: [{key: colour, path: a}, {key: logo, path: b}]}        |
          no such map                 | configMap: {name: gone}                                                                     | configmap "gone" not found
          no such key                 | configMap: {name: settings, items: [{key: gone, path: a}]}                                  | references non-existent config key: gone
          no such secret              | secret: {secretName: gone}                                                                  | secret "gone" not found
          no such key of a secret     | secret: {secretName: keys, items: [{key: gone, path: a}]}                                   | references non-existent secret key: gone
          it may be missing           | secret: {secretName: gone, optional: true}                                                  |
          one of several sources      | projected: {sources: [{configMap: {name: settings}}, {secret: {name: gone}}]}               | secret "gone" not found
          nothing from elsewhere      | emptyDir: {}                                                                              |
          """)
  void volumes(String why, String volume, @Nullable String expected) {
    Pod pod = pod(", volumes: [{name: v, " + volume + "}]", "env: []");
    String problem = null;
    for (Reference reference :
        References.ofVolumes(pod.spec()).getOrDefault("v", ImmutableList.of())) {
      problem = problem != null ? problem : CONFIGURATION.problemOfFile(reference, "default");
    }
    assertThat(problem).as(why).isEqualTo(expected);
  }

  @Test
  void theVolumeOfAnAccountsTokenIsTakenToBeThere() {
    Pod pod =
        pod(
            ", volumes: [{name: kube-api-access-abcde, projected: {sources: [{configMap: {name:"
                + " kube-root-ca.crt}}]}}]",
            "env: []");
    assertThat(References.ofVolumes(pod.spec())).isEmpty();
  }
}
