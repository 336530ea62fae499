package io.towtank.schema;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaTest {
  private final Schema schema = Schema.builtIn();

  private FieldSchema field(String type, String field) {
    return requireNonNull(schema.type(type).field(field), type + "." + field);
  }

  @Test
  void everyTypeThatIsNamedIsThere() {
    Set<String> seen = new HashSet<>();
    for (ApiResource resource : schema.resources()) {
      visit(resource.type(), seen);
    }
    assertThat(seen).hasSizeGreaterThan(600);
  }

  private void visit(String type, Set<String> seen) {
    if (seen.add(type)) {
      for (FieldSchema field : schema.type(type).fields().values()) {
        if (field.type().innermost() instanceof ValueType.ObjectOf object) {
          visit(object.type(), seen);
        }
      }
    }
  }

  @Test
  void kindsOfTowtankAreAsTheSchemaSays() {
    for (Kind<?> kind : Kinds.ALL) {
      ApiResource resource = requireNonNull(schema.preferred(kind.group(), kind.name()));
      assertThat(resource.apiVersion()).as("%s", kind).isEqualTo(kind.apiVersion());
      assertThat(resource.plural()).isEqualTo(kind.plural());
      assertThat(resource.namespaced()).as("%s", kind).isEqualTo(kind.namespaced());
      assertThat(resource.hasStatus()).as("%s", kind).isEqualTo(kind.hasStatus());
      assertThat(resource.shortNames()).as("%s", kind).isEqualTo(kind.shortNames());
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          core/v1.PodSpec, containers, name, merge
          core/v1.PodSpec, volumes, name, merge+retainKeys
          core/v1.PodSpec, tolerations, -, -
          core/v1.PodSpec, imagePullSecrets, name, merge
          core/v1.PodSpec, topologySpreadConstraints, topologyKey, merge
          core/v1.Container, ports, containerPort, merge
          core/v1.Container, env, name, merge
          core/v1.Container, args, -, -
          core/v1.ServiceSpec, ports, port, merge
          core/v1.PodStatus, conditions, type, merge
          apps/v1.DeploymentSpec, strategy, -, retainKeys
          meta/v1.ObjectMeta, finalizers, -, merge
          meta/v1.ObjectMeta, ownerReferences, uid, merge
          """)
  void knowsHowStrategicMergePatchesMerge(
      String type, String field, String mergeKey, String strategies) {
    FieldSchema schema = field(type, field);
    assertThat(schema.patchMergeKey()).isEqualTo(mergeKey);
    assertThat(String.join("+", schema.patchStrategies()))
        .isEqualTo(strategies == null ? "" : strategies);
  }

  @Test
  void knowsHowServerSideApplyMerges() {
    assertThat(field("core/v1.Container", "ports").listType()).isEqualTo(ListType.MAP);
    assertThat(field("core/v1.Container", "ports").listMapKeys())
        .isEqualTo(ImmutableList.of("containerPort", "protocol"));
    assertThat(field("core/v1.Container", "args").listType()).isEqualTo(ListType.ATOMIC);
    assertThat(field("meta/v1.ObjectMeta", "finalizers").listType()).isEqualTo(ListType.SET);
    assertThat(field("meta/v1.ObjectMeta", "labels").listType()).isNull();
    assertThat(field("core/v1.PodSpec", "nodeSelector").listType()).isEqualTo(ListType.ATOMIC);
    assertThat(schema.type("meta/v1.LabelSelector").atomic()).isTrue();
    assertThat(schema.type("core/v1.PodSpec").atomic()).isFalse();
  }

  @Test
  void knowsTypesAndWords() {
    assertThat(field("core/v1.ResourceRequirements", "limits").type())
        .isEqualTo(new ValueType.MapOf(ValueType.Scalar.QUANTITY));
    assertThat(field("coordination/v1.LeaseSpec", "renewTime").type())
        .isEqualTo(ValueType.Scalar.MICRO_TIME);
    assertThat(field("core/v1.ServicePort", "targetPort").type())
        .isEqualTo(ValueType.Scalar.INT_OR_STRING);
    assertThat(field("core/v1.Container", "name").required()).isTrue();
    assertThat(field("core/v1.Container", "image").required()).isFalse();
    assertThat(field("core/v1.PodSpec", "restartPolicy").words())
        .containsExactly("Always", "OnFailure", "Never");
    assertThat(field("apiextensions/v1.JSONSchemaProps", "$ref").type())
        .isEqualTo(ValueType.Scalar.STRING);
    assertThat(requireNonNull(schema.typeOf("v1", "Pod")).name()).isEqualTo("core/v1.Pod");
    assertThat(schema.typeOf("v2", "Pod")).isNull();
    assertThatThrownBy(() -> schema.type("core/v1.Nothing"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "pods, Pod, v1",
    "po, Pod, v1",
    "Pod, Pod, v1",
    "deploy, Deployment, apps/v1",
    "deployments.apps, Deployment, apps/v1",
    "sts, StatefulSet, apps/v1",
    "hpa, HorizontalPodAutoscaler, autoscaling/v2",
    "cm, ConfigMap, v1",
    "ing, Ingress, networking.k8s.io/v1",
    "events, Event, v1",
    "events.events.k8s.io, Event, events.k8s.io/v1",
    "ip, IPAddress, networking.k8s.io/v1",
    "resourceclaims, ResourceClaim, resource.k8s.io/v1",
    "deployments.batch, , ",
    "widgets, , "
  })
  void kindsAreFoundByTheNamesOfKubectl(String resource, String kind, String apiVersion) {
    Kind<?> found = Kinds.byResource(resource);
    assertThat(found == null ? null : found.name()).isEqualTo(kind);
    assertThat(found == null ? null : found.apiVersion()).isEqualTo(apiVersion);
  }

  @ParameterizedTest
  @CsvSource({
    "v1, v1beta1",
    "v2, v1",
    "v1beta2, v1beta1",
    "v1beta1, v1alpha9",
    "v2, v2beta1",
    "v1, newest",
    "v10, v9"
  })
  void theMoreStableVersionIsPreferredThenTheNewer(String better, String worse) {
    assertThat(ApiVersions.compare(better, worse)).isPositive();
    assertThat(ApiVersions.compare(worse, better)).isNegative();
    assertThat(ApiVersions.compare(better, better)).isZero();
  }

  @Test
  void kindsOfDocumentsComeFromTheSchemaOrAreGuessed() {
    assertThat(Kinds.of("v1", "Pod")).isSameAs(Kinds.POD);
    assertThat(Kinds.of("rbac.authorization.k8s.io/v1", "ClusterRole").namespaced()).isFalse();
    assertThat(Kinds.of("networking.k8s.io/v1beta1", "Ingress").apiVersion())
        .isEqualTo("networking.k8s.io/v1");
    Kind<?> policy = Kinds.of("example.com/v1", "Policy");
    assertThat(policy.plural()).isEqualTo("policies");
    assertThat(policy.namespaced()).isTrue();
  }
}
