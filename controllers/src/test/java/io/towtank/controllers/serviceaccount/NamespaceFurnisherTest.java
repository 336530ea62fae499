package io.towtank.controllers.serviceaccount;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.ReplicaSet;
import io.towtank.client.ApiClient;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.namespace.NamespaceController;
import io.towtank.controllers.replicaset.ReplicaSetController;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.Admission;
import io.towtank.store.DeleteOptions;
import io.towtank.store.admission.ServiceAccounts;
import io.towtank.store.admission.StandardAdmission;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Namespaces come and go in a small cluster. */
class NamespaceFurnisherTest {
  private static final Kind<GenericObject> CONFIG_MAP = Kinds.generic("v1", "ConfigMap");

  private final TestCluster cluster =
      new TestCluster(
              1, LatencyProfile.TYPICAL, StandardAdmission.chain().toArray(new Admission[0]))
          .with(NamespaceFurnisher::ofAccounts)
          .with(NamespaceFurnisher::ofCertificates)
          .with(NamespaceController::new)
          .with(ReplicaSetController::new)
          .start();

  NamespaceFurnisherTest() {
    cluster.nodes = 0;
  }

  private void namespace(String name) {
    cluster.create(
        "{'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': '%s'}}".formatted(name));
  }

  private List<String> furniture() {
    List<String> names = new ArrayList<>();
    for (Kind<GenericObject> kind : ImmutableList.of(ServiceAccounts.KIND, CONFIG_MAP)) {
      cluster
          .store
          .list(kind)
          .forEach(object -> names.add(object.metadata().namespace() + "/" + object.name()));
    }
    return names;
  }

  @Test
  void everyNamespaceHasAnAccountAndCertificates() {
    namespace("shop");
    cluster.runFor(1);
    assertThat(furniture()).containsExactly("shop/default", "shop/kube-root-ca.crt");
    assertThat(ServiceAccounts.KIND.plural()).isEqualTo("serviceaccounts");
  }

  @Test
  void whatIsDeletedIsMadeAnew() {
    namespace("shop");
    cluster.runFor(1);
    cluster.store.delete(ServiceAccounts.KIND, "shop", "default", DeleteOptions.DEFAULT);
    cluster.store.delete(CONFIG_MAP, "shop", "kube-root-ca.crt", DeleteOptions.DEFAULT);
    assertThat(furniture()).isEmpty();
    cluster.runFor(1);
    assertThat(furniture()).containsExactly("shop/default", "shop/kube-root-ca.crt");
  }

  @Test
  void aNamespaceThatGoesTakesThemAlong() {
    namespace("shop");
    cluster.runFor(1);
    cluster.store.delete(Kinds.NAMESPACE, null, "shop", DeleteOptions.DEFAULT);
    cluster.runFor(30);
    assertThat(cluster.store.get(Kinds.NAMESPACE, null, "shop")).isNull();
    assertThat(furniture()).isEmpty();
  }

  /** As somebody does who applies a file that begins with the namespace. */
  @Test
  void podsOfANewNamespaceWaitForItsAccount() {
    ApiClient client =
        new ApiClient(
            "user", cluster.simulation, cluster.store, Distribution.ZERO, ClientLimits.NONE);
    List<String> failures = new ArrayList<>();
    namespace("shop");
    ReplicaSet set =
        (ReplicaSet)
            TestCluster.read(TestCluster.replicaSet("web", 20, "").replace("'default'", "'shop'"));
    client.create(
        set,
        (created, error) -> {
          if (error != null) {
            failures.add(String.valueOf(error.getMessage()));
          }
        });
    cluster.runFor(2);
    assertThat(failures).isEmpty();
    assertThat(cluster.store.list(Kinds.POD)).hasSize(20);
    assertThat(cluster.store.list(Kinds.POD))
        .allSatisfy(pod -> assertThat(pod.spec().serviceAccountName()).isEqualTo("default"));
    assertThat(cluster.store.list(Kinds.POD).getLast().spec())
        .isSameAs(cluster.store.list(Kinds.POD).getFirst().spec());
  }

  @Test
  void podsOfAnAccountThatIsNotThereAreTriedAgain() {
    namespace("shop");
    cluster.runFor(1);
    cluster.create(
        TestCluster.replicaSet("web", 2, "")
            .replace("'default'", "'shop'")
            .replace("'containers'", "'serviceAccountName': 'robot', 'containers'"));
    cluster.runFor(20);
    assertThat(cluster.store.list(Kinds.POD)).isEmpty();
    cluster.create(
        "{'apiVersion': 'v1', 'kind': 'ServiceAccount', 'metadata': {'name': 'robot',"
            + " 'namespace': 'shop'}}");
    cluster.runFor(60);
    assertThat(cluster.store.list(Kinds.POD)).hasSize(2);
  }
}
