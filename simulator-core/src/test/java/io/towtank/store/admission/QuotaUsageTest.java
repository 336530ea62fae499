package io.towtank.store.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.KubeObject;
import io.towtank.api.ResourceQuota;
import io.towtank.codec.ObjectCodec;
import io.towtank.manifest.YamlReader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What objects use of quotas, and which are within their scopes (pkg/quota/v1/evaluator/core). */
class QuotaUsageTest {
  private static KubeObject read(String document) {
    return ObjectCodec.read(YamlReader.read("case", document).getFirst().content());
  }

  private static KubeObject object(String kind, String fields) {
    String group = kind.equals("Deployment") ? "apps/v1" : "v1";
    return read("{apiVersion: %s, kind: %s, metadata: {name: a}%s}".formatted(group, kind, fields));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # case                          | kind                  | fields                                                                                                       | usage
          a pod that asks for nothing     | Pod                   | spec: {containers: [{name: c}]}                                                                              | count/pods=1 pods=1
          requests and limits             | Pod                   | spec: {containers: [{name: c, resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 2}}}]}              | count/pods=1 cpu=1 limits.cpu=2 memory=1Gi pods=1 requests.cpu=1 requests.memory=1Gi
          the larger of init and others   | Pod                   | spec: {initContainers: [{name: i, resources: {requests: {cpu: 3}}}], containers: [{name: c, resources: {requests: {cpu: 1}}}, {name: d, resources: {requests: {cpu: 1}}}]} | count/pods=1 cpu=3 pods=1 requests.cpu=3
          extended resources as requests  | Pod                   | spec: {containers: [{name: c, resources: {requests: {nvidia.com/gpu: 2}, limits: {nvidia.com/gpu: 2}}}]}     | count/pods=1 pods=1 requests.nvidia.com/gpu=2
          huge pages                      | Pod                   | spec: {containers: [{name: c, resources: {requests: {hugepages-2Mi: 4Mi}, limits: {hugepages-2Mi: 4Mi}}}]}   | count/pods=1 hugepages-2Mi=4Mi pods=1 requests.hugepages-2Mi=4Mi
          a pod that has ended            | Pod                   | spec: {containers: [{name: c, resources: {requests: {cpu: 1}}}]}, status: {phase: Failed}                    | count/pods=1
          a service                       | Service               | spec: {ports: [{port: 80}]}                                                                                  | count/services=1 services=1
          each node port                  | Service               | spec: {type: NodePort, ports: [{port: 80}, {port: 81}]}                                                      | count/services=1 services=1 services.nodeports=2
          a balancer and its node ports   | Service               | spec: {type: LoadBalancer, ports: [{port: 80}, {port: 81}]}                                                  | count/services=1 services=1 services.loadbalancers=1 services.nodeports=2
          a balancer without node ports   | Service               | spec: {type: LoadBalancer, allocateLoadBalancerNodePorts: false, ports: [{port: 80}, {port: 81, nodePort: 30000}]} | count/services=1 services=1 services.loadbalancers=1 services.nodeports=1
          a claim                         | PersistentVolumeClaim | spec: {resources: {requests: {storage: 1Gi}}}                                                                | count/persistentvolumeclaims=1 persistentvolumeclaims=1 requests.storage=1Gi
          a claim of a class              | PersistentVolumeClaim | spec: {storageClassName: fast, resources: {requests: {storage: 1Gi}}}                                        | count/persistentvolumeclaims=1 fast.storageclass.storage.k8s.io/persistentvolumeclaims=1 fast.storageclass.storage.k8s.io/requests.storage=1Gi persistentvolumeclaims=1 requests.storage=1Gi
          a secret, by both names         | Secret                | data: {}                                                                                                     | count/secrets=1 secrets=1
          anything else                   | Deployment            | spec: {selector: {}, template: {spec: {containers: []}}}                                                     | count/deployments.apps=1
          """)
  void usage(String why, String kind, String fields, String expected) {
    assertThat(
            new QuotaUsage()
                .of(object(kind, ", " + fields)).entrySet().stream()
                    .map(entry -> entry.getKey() + "=" + entry.getValue())
                    .collect(Collectors.joining(" ")))
        .as(why)
        .isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # case                             | quota                                                                                                   | pod                                       | in scope
          no scope                           | hard: {}                                                                                                |                                           | true
          asks for nothing                   | scopes: [BestEffort]                                                                                    |                                           | true
          asks for nothing                   | scopes: [NotBestEffort]                                                                                 |                                           | false
          asks for something                 | scopes: [BestEffort]                                                                                    | resources: {requests: {cpu: 1}}           | false
          asks for something                 | scopes: [NotBestEffort]                                                                                 | resources: {requests: {cpu: 1}}           | true
          has no deadline                    | scopes: [Terminating]                                                                                   |                                           | false
          has no deadline                    | scopes: [NotTerminating]                                                                                |                                           | true
          has a deadline                     | scopes: [Terminating]                                                                                   | activeDeadlineSeconds: 60                 | true
          all scopes have to hold            | scopes: [Terminating, NotBestEffort]                                                                    | activeDeadlineSeconds: 60                 | false
          has a class                        | scopes: [PriorityClass]                                                                                 | priorityClassName: high                   | true
          has no class                       | scopes: [PriorityClass]                                                                                 |                                           | false
          one of some classes                | scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high, low]}]}      | priorityClassName: high                   | true
          none of them                       | scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [low]}]}            | priorityClassName: high                   | false
          any other                          | scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: NotIn, values: [low]}]}         | priorityClassName: high                   | true
          without a class it is any other    | scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: NotIn, values: [low]}]}         |                                           | true
          no class                           | scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: DoesNotExist}]}                 |                                           | true
          pods of its own namespace          | scopes: [CrossNamespacePodAffinity]                                                                     | affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone}]}} | false
          pods of another namespace          | scopes: [CrossNamespacePodAffinity]                                                                     | affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, namespaces: [other]}]}} | true
          pods of all namespaces             | scopes: [CrossNamespacePodAffinity]                                                                     | affinity: {podAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: zone, namespaceSelector: {}}}]}} | true
          """)
  void scopes(String why, String quota, @Nullable String pod, boolean expected) {
    boolean ofContainer = pod != null && pod.startsWith("resources");
    KubeObject object =
        object(
            "Pod",
            ", spec: {containers: [{name: c%s}]%s}"
                .formatted(
                    ofContainer ? ", " + pod : "", pod == null || ofContainer ? "" : ", " + pod));
    assertThat(
            QuotaUsage.isInScope(
                (ResourceQuota)
                    read(
                        "{apiVersion: v1, kind: ResourceQuota, metadata: {name: q}, spec: {%s}}"
                            .formatted(quota)),
                object))
        .as(why)
        .isEqualTo(expected);
  }
}
