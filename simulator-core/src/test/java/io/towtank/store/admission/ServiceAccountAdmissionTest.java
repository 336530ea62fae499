package io.towtank.store.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.Pod;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.Volume;
import io.towtank.client.ApiClient;
import io.towtank.codec.Documents;
import io.towtank.codec.ObjectCodec;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.manifest.YamlReader;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.StoreOptions;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;
import io.towtank.validation.FeatureGates;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServiceAccountAdmissionTest {
  private static final long SECOND = 1_000_000_000L;

  private final Simulation simulation = new Simulation(1, 1_767_225_600L * SECOND);
  private final ApiStore store =
      new ApiStore(simulation, StoreOptions.PLAIN.withAdmissions(StandardAdmission.chain()));

  @BeforeEach
  void begin() {
    SystemObjects.createIn(store);
  }

  private static JsonNode document(String yaml) {
    return YamlReader.read("a.yaml", yaml).getFirst().content();
  }

  private static Pod pod(String name, String spec) {
    return (Pod)
        ObjectCodec.read(
            document(
                "{apiVersion: v1, kind: Pod, metadata: {name: %s, namespace: default}, spec: %s}"
                    .formatted(name, spec)));
  }

  private JsonNode created(String name, String spec) {
    return ObjectCodec.write(store.create(pod(name, spec))).path("spec");
  }

  private void account(String content) {
    store.create(
        ObjectCodec.read(
            document(
                "{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot, namespace:"
                    + " default},"
                    + " %s}".formatted(content))));
  }

  @Test
  void podsAreOfTheDefaultAccountAndSeeItsToken() {
    JsonNode spec =
        created(
            "p",
            "{initContainers: [{name: i, image: x}], containers: [{name: c, image: x, volumeMounts:"
                + " [{name: v, mountPath: /v}]}], volumes: [{name: v}]}");
    assertThat(spec.path("serviceAccountName").asText()).isEqualTo("default");
    assertThat(spec.path("serviceAccount").asText()).isEqualTo("default");
    String name = spec.at("/volumes/1/name").asText();
    assertThat(name).matches("kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}");
    assertThat(spec.at("/volumes/1/projected"))
        .isEqualTo(
            Documents.json(
                """
                {"defaultMode": 420, "sources": [
                  {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
                  {"configMap": {"name": "kube-root-ca.crt",
                    "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
                  {"downwardAPI": {"items": [{"path": "namespace",
                    "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}}]}}]}
                """));
    JsonNode mount =
        Documents.json(
            """
            {"name": "%s", "readOnly": true,
             "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
            """
                .formatted(name));
    assertThat(spec.at("/initContainers/0/volumeMounts/0")).isEqualTo(mount);
    assertThat(spec.at("/containers/0/volumeMounts/0/name").asText()).isEqualTo("v");
    assertThat(spec.at("/containers/0/volumeMounts/1")).isEqualTo(mount);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          secrets: []                         | {containers: [{name: c, image: x}]}                                      | true
          automountServiceAccountToken: false | {containers: [{name: c, image: x}]}                                      | false
          automountServiceAccountToken: false | {automountServiceAccountToken: true, containers: [{name: c, image: x}]}  | true
          automountServiceAccountToken: true  | {automountServiceAccountToken: false, containers: [{name: c, image: x}]} | false
          secrets: []                         | {containers: [{name: c, image: x, volumeMounts: [{name: v, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}]}], volumes: [{name: v}]} | false
          """)
  void thePodDecidesAndThenTheAccount(String account, String spec, boolean mounted) {
    account(account);
    JsonNode created =
        created(
            "p",
            spec.replace("{containers", "{serviceAccountName: robot, containers")
                .replace("Token: true, c", "Token: true, serviceAccountName: robot, c")
                .replace("Token: false, c", "Token: false, serviceAccountName: robot, c"));
    assertThat(created.path("serviceAccountName").asText()).isEqualTo("robot");
    assertThat(
            created.path("volumes").findValuesAsText("name").stream()
                .anyMatch(name -> name.startsWith("kube-api-access-")))
        .isEqualTo(mounted);
  }

  @Test
  void podsPullWithTheSecretsOfTheirAccount() {
    account("imagePullSecrets: [{name: registry}]");
    assertThat(
            created("p", "{serviceAccountName: robot, containers: [{name: c, image: x}]}")
                .at("/imagePullSecrets/0/name")
                .asText())
        .isEqualTo("registry");
    assertThat(
            created(
                    "q",
                    "{serviceAccountName: robot, imagePullSecrets: [{name: own}], containers:"
                        + " [{name: c, image: x}]}")
                .path("imagePullSecrets"))
        .isEqualTo(Documents.json("[{\"name\": \"own\"}]"));
  }

  @Test
  void podsOfATemplateShareOneSpecAndSpecsOneVolume() {
    Pod template = pod("a", "{containers: [{name: c, image: x}]}");
    Pod first = store.create(template);
    Pod second =
        store.create(pod("b", "{containers: [{name: c, image: x}]}").withSpec(template.spec()));
    assertThat(second.spec()).isSameAs(first.spec());
    // As pods of StatefulSets are: each of a spec of its own, of the same containers.
    Pod own =
        store.create(
            pod("c", "{containers: [{name: c, image: x}]}")
                .withSpec(
                    PodSpecBuilder.builder(template.spec()).activeDeadlineSeconds(5L).build()));
    assertThat(own.spec().containers()).isSameAs(first.spec().containers());
    assertThat(own.spec().volumes()).isSameAs(first.spec().volumes());
    Volume token = first.spec().volumes().getFirst();
    // Another account that appears does not part them.
    account("secrets: []");
    assertThat(
            store
                .create(pod("d", "{containers: [{name: c, image: x}]}").withSpec(template.spec()))
                .spec())
        .isSameAs(first.spec());
    assertThat(
            store
                .create(pod("e", "{containers: [{name: c, image: other}]}"))
                .spec()
                .volumes()
                .getFirst())
        .isSameAs(token);
  }

  @Test
  void anAccountThatIsNotThereIsAnError() {
    ApiException refusal =
        catchThrowableOfType(
            ApiException.class,
            () -> created("p", "{serviceAccountName: robot, containers: [{name: c, image: x}]}"));
    assertThat(refusal)
        .hasMessage(
            "pods \"p\" is forbidden: error looking up service account default/robot:"
                + " serviceaccount \"robot\" not found");
    assertThat(refusal.reason()).isEqualTo(ApiException.Reason.FORBIDDEN);
    assertThat(refusal.isAwaited()).isFalse();
  }

  /** The account called default is waited for: within a second somebody makes it. */
  @ParameterizedTest
  @CsvSource({"350, true", "5000, false"})
  void theDefaultAccountIsWaitedFor(long madeAfterMillis, boolean succeeds) {
    store.create(
        ObjectCodec.read(document("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}")));
    ApiClient client =
        new ApiClient("test", simulation, store, Distribution.ZERO, ClientLimits.NONE);
    List<String> answers = new ArrayList<>();
    Pod pod =
        (Pod)
            ObjectCodec.read(
                document(
                    "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec:"
                        + " {containers: [{name: c, image: x}]}}"));
    client.create(
        pod,
        (created, error) ->
            answers.add(
                simulation.nanos() / 1_000_000 + " " + (error == null ? "" : error.getMessage())));
    simulation.schedule(
        madeAfterMillis * 1_000_000, () -> SystemObjects.createAccountIn(store, "shop"));
    simulation.run(new StopCondition.Time(10 * SECOND));
    assertThat(answers).hasSize(1);
    long millis = Long.parseLong(answers.getFirst().substring(0, answers.getFirst().indexOf(' ')));
    if (succeeds) {
      assertThat(answers.getFirst()).endsWith(" ");
      assertThat(millis).isBetween(madeAfterMillis, madeAfterMillis + 200);
    } else {
      assertThat(answers.getFirst())
          .endsWith(
              "pods \"p\" is forbidden: error looking up service account shop/default:"
                  + " serviceaccount \"default\" not found");
      assertThat(millis).isBetween(900L, 1800L);
    }
    assertThat(client.requests()).isEqualTo(1);
  }

  @Test
  void withoutThePluginPodsStayAsTheyAre() {
    ApiStore other =
        new ApiStore(
            new Simulation(1, 0),
            StoreOptions.PLAIN.withAdmissions(
                StandardAdmission.chain(
                    new ApiServerOptions(
                        ApiServerOptions.DEFAULT.services(),
                        ImmutableSet.of("ServiceAccount"),
                        FeatureGates.DEFAULT))));
    SystemObjects.createIn(other);
    Pod stored = other.create(pod("p", "{containers: [{name: c, image: x}]}"));
    assertThat(stored.spec().serviceAccountName()).isNull();
    assertThat(stored.spec().volumes()).isEqualTo(ImmutableList.of());
  }

  @Test
  void claimsAndIngressesGetTheDefaultClass() {
    String claim =
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: %s, namespace: default},"
            + " spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}} %s}}";
    JsonNode before =
        ObjectCodec.write(store.create(ObjectCodec.read(document(claim.formatted("a", "")))));
    assertThat(before.path("spec").has("storageClassName")).isFalse();
    for (String name : new String[] {"old", "new", "plain"}) {
      String mark =
          name.equals("plain")
              ? ""
              : ", annotations: {storageclass.kubernetes.io/is-default-class: \"true\"}";
      simulation.run(new StopCondition.Time(simulation.nanos() + 5 * SECOND));
      store.create(
          ObjectCodec.read(
              document(
                  "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: %s %s},"
                          .formatted(name, mark)
                      + " provisioner: x}")));
      store.create(
          ObjectCodec.read(
              document(
                  "{apiVersion: networking.k8s.io/v1, kind: IngressClass, metadata: {name: %s %s},"
                          .formatted(name, mark.replace("storageclass", "ingressclass"))
                      + " spec: {controller: x/y}}")));
    }
    assertThat(
            ObjectCodec.write(store.create(ObjectCodec.read(document(claim.formatted("b", "")))))
                .at("/spec/storageClassName")
                .asText())
        .isEqualTo("new");
    assertThat(
            ObjectCodec.write(
                    store.create(
                        ObjectCodec.read(document(claim.formatted("c", ", storageClassName: ''")))))
                .at("/spec/storageClassName")
                .asText())
        .isEmpty();
    JsonNode ingress =
        ObjectCodec.write(
            store.create(
                ObjectCodec.read(
                    document(
                        "{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i,"
                            + " namespace: default}, spec: {defaultBackend: {service: {name:"
                            + " s}}}}"))));
    assertThat(ingress.at("/spec/ingressClassName").asText()).isEqualTo("new");
  }
}
