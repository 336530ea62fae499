package io.towtank.store.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.ResourceRequirements;
import io.towtank.codec.ObjectCodec;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.StoreOptions;
import io.towtank.time.Simulation;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Defaults and bounds of a namespace. */
class LimitRangerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ApiStore store =
      new ApiStore(
          new Simulation(1, 1_767_225_600_000_000_000L),
          StoreOptions.PLAIN.withAdmissions(StandardAdmission.chain()));

  @BeforeEach
  void begin() {
    SystemObjects.createIn(store);
  }

  static KubeObject read(String document) {
    try {
      return ObjectCodec.read(JSON.readTree(document.replace('\'', '"')));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(document, e);
    }
  }

  private void range(String item) {
    store.create(
        read(
            """
            {'apiVersion': 'v1', 'kind': 'LimitRange',
             'metadata': {'name': 'r', 'namespace': 'default'}, 'spec': {'limits': [%s]}}
            """
                .formatted(item)));
  }

  static Pod pod(String name, String resources) {
    return (Pod)
        read(
            """
            {'apiVersion': 'v1', 'kind': 'Pod',
             'metadata': {'name': '%s', 'namespace': 'default'},
             'spec': {'containers': [{'name': 'c', 'image': 'a', 'resources': %s}]}}
            """
                .formatted(name, resources));
  }

  @Test
  void fillsInWhatContainersLack() {
    range(
        "{'type': 'Container', 'default': {'cpu': '1', 'memory': '1Gi'},"
            + " 'defaultRequest': {'cpu': '250m'}}");
    Pod pod = store.create(pod("p", "{'requests': {'memory': '100Mi'}}"));
    ResourceRequirements resources =
        Objects.requireNonNull(pod.spec().containers().getFirst().resources());
    assertThat(resources.requests()).hasSize(2);
    assertThat(resources.requests().get("cpu")).hasToString("250m");
    assertThat(resources.requests().get("memory")).hasToString("100Mi");
    assertThat(resources.limits().get("cpu")).hasToString("1");
    assertThat(pod.metadata().annotations())
        .isEqualTo(
            ImmutableMap.of(
                "kubernetes.io/limit-ranger",
                "LimitRanger plugin set: cpu request for container c; cpu, memory limit for"
                    + " container c"));
  }

  @Test
  void podsOfATemplateStillShareTheirSpec() {
    range("{'type': 'Container', 'defaultRequest': {'cpu': '250m'}}");
    Pod template = pod("p", "{}");
    Pod first = store.create(template);
    Pod second =
        store.create(
            template.withMetadata(
                ObjectMetaBuilder.builder(template.metadata()).name("q").build()));
    assertThat(second.spec()).isSameAs(first.spec());
    assertThat(second.metadata().annotations()).isSameAs(first.metadata().annotations());
  }

  @Test
  void leavesPodsAloneWhereNoRangeIs() {
    Pod template = pod("p", "{}");
    assertThat(store.create(template).metadata().annotations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'type': 'Container', 'max': {'cpu': '1'}, 'default': {'cpu': '1'}} | {'limits': {'cpu':"
            + " '2'}} | maximum cpu usage per Container is 1, but limit is 2",
        "{'type': 'Pod', 'max': {'cpu': '1'}} | {} | maximum cpu usage per Pod is 1.  No limit is"
            + " specified",
        "{'type': 'Container', 'min': {'cpu': '1'}} | {'requests': {'cpu': '100m'}} | minimum cpu"
            + " usage per Container is 1, but request is 100m",
        "{'type': 'Pod', 'min': {'memory': '1Gi'}} | {} | minimum memory usage per Pod is 1Gi. "
            + " No request is specified",
        "{'type': 'Container', 'maxLimitRequestRatio': {'cpu': '2'}} | {'requests': {'cpu':"
            + " '100m'}, 'limits': {'cpu': '500m'}} | cpu max limit to request ratio per Container"
            + " is 2, but provided ratio is 5.000000",
      })
  void refusesWhatIsBeyondBounds(String item, String resources, String why) {
    range(item);
    assertThatThrownBy(() -> store.create(pod("p", resources)))
        .isInstanceOf(ApiException.class)
        .hasMessage("pods \"p\" is forbidden: " + why);
  }

  @Test
  void theFirstRangeThatRefusesSpeaksAloneAndSaysEachThingOnce() {
    range("{'type': 'Container', 'max': {'cpu': '1', 'memory': '1Gi'}}");
    store.create(
        read(
            """
            {'apiVersion': 'v1', 'kind': 'LimitRange',
             'metadata': {'name': 's', 'namespace': 'default'},
             'spec': {'limits': [{'type': 'Pod', 'max': {'cpu': '2'}}]}}
            """));
    String large = "'resources': {'limits': {'cpu': '4', 'memory': '4Gi'}}";
    assertThatThrownBy(() ->
            store.create(
                read(
                    """
                    {'apiVersion': 'v1', 'kind': 'Pod',
                     'metadata': {'name': 'p', 'namespace': 'default'},
                     'spec': {'containers': [{'name': 'a', 'image': 'a', %s},
                                             {'name': 'b', 'image': 'a', %s}]}}
                    """
                        .formatted(large, large))))
        .hasMessage(
            "pods \"p\" is forbidden: [maximum cpu usage per Container is 1, but limit is 4,"
                + " maximum memory usage per Container is 1Gi, but limit is 4Gi]");
  }

  @Test
  void maximaAreDefaultsAndOverheadIsNotTheirs() {
    range("{'type': 'Container', 'max': {'cpu': '1'}, 'min': {'memory': '64Mi'}}");
    store.create(
        read(
            """
            {'apiVersion': 'v1', 'kind': 'LimitRange',
             'metadata': {'name': 's', 'namespace': 'default'},
             'spec': {'limits': [{'type': 'Pod', 'max': {'cpu': '1'}}]}}
            """));
    Pod pod =
        (Pod)
            store.create(
                read(
                    """
                    {'apiVersion': 'v1', 'kind': 'Pod',
                     'metadata': {'name': 'p', 'namespace': 'default'},
                     'spec': {'overhead': {'cpu': '500m'},
                              'containers': [{'name': 'c', 'image': 'a'}]}}
                    """));
    ResourceRequirements resources =
        Objects.requireNonNull(pod.spec().containers().getFirst().resources());
    assertThat(resources.limits().get("cpu")).hasToString("1");
    assertThat(resources.requests().get("cpu")).hasToString("1");
    assertThat(resources.requests().get("memory")).hasToString("64Mi");
  }

  @Test
  void refusesClaimsThatAreTooLarge() {
    range("{'type': 'PersistentVolumeClaim', 'max': {'storage': '10Gi'}}");
    assertThatThrownBy(() ->
            store.create(
                read(
                    """
                    {'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',
                     'metadata': {'name': 'c', 'namespace': 'default'},
                     'spec': {'resources': {'requests': {'storage': '20Gi'}}}}
                    """)))
        .hasMessage(
            "persistentvolumeclaims \"c\" is forbidden: maximum storage usage per"
                + " PersistentVolumeClaim is 10Gi, but request is 20Gi");
  }
}
