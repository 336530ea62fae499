package io.towtank.store.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.Job;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.codec.Documents;
import io.towtank.codec.ObjectCodec;
import io.towtank.codec.RandomDocuments;
import io.towtank.defaults.Defaulting;
import io.towtank.manifest.ManifestReader;
import io.towtank.patch.PatchType;
import io.towtank.schema.ApiResource;
import io.towtank.schema.Schema;
import io.towtank.store.AdmissionRequest;
import io.towtank.store.ApiStore;
import io.towtank.store.StoreOptions;
import io.towtank.time.Simulation;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ObjectDefaulterTest {
  private static final String DEPLOYMENT =
      """
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: default}
      spec:
        selector: {matchLabels: {app: web}}
        template:
          metadata: {labels: {app: web}}
          spec:
            containers: [{name: c, image: nginx, resources: {limits: {cpu: 1}}}]
            volumes: [{name: v}]
      """;

  private final ApiStore store =
      new ApiStore(
          new Simulation(1, 1_767_225_600_000_000_000L),
          StoreOptions.PLAIN.withAdmissions(ImmutableList.of(new ObjectDefaulter())));
  private final ObjectDefaulter defaulter = new ObjectDefaulter();

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 25);
  }

  private static KubeObject read(String yaml) {
    return ManifestReader.read("a.yaml", yaml).documents().getFirst().object();
  }

  private KubeObject filled(KubeObject object) {
    return defaulter.admit(new AdmissionRequest(object, null, store));
  }

  /** The parts that are remembered make the object that the rule for all of it makes. */
  @ParameterizedTest
  @MethodSource("seeds")
  void fillsInAsTheRuleForWholeObjectsDoes(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String replay = "replay with -Dtowtank.test.seed=" + seed;
    for (ApiResource resource : Schema.builtIn().resources()) {
      if (resource.apiVersion().equals("autoscaling/v1")) {
        continue; // read as autoscaling/v2, after a conversion
      }
      KubeObject object = ObjectCodec.read(new RandomDocuments(random).document(resource));
      KubeObject filled = filled(object);
      KubeObject expected = Defaulting.apply(object);
      if (object instanceof PersistentVolumeClaim) {
        // No request brings its status.
        expected = expected.withStatusOf(object);
      }
      assertThat(filled).as("%s: %s", replay, object).isEqualTo(expected);
      assertThat(filled(filled)).as("%s: %s", replay, filled).isSameAs(filled);
      KubeObject renamed =
          filled.withMetadata(
              ObjectMetaBuilder.builder(filled.metadata()).finalizers(ImmutableList.of()).build());
      assertThat(defaulter.admit(new AdmissionRequest(renamed, filled, store)))
          .as("%s: %s", replay, filled)
          .isSameAs(renamed);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsSharedStaysShared(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ApiResource resource = Objects.requireNonNull(Schema.builtIn().preferred("", "Pod"));
    Pod pod = (Pod) ObjectCodec.read(new RandomDocuments(random).document(resource));
    Pod other = pod.withMetadata(ObjectMetaBuilder.builder(pod.metadata()).name("other").build());
    PodSpec spec = ((Pod) filled(pod)).spec();
    assertThat(((Pod) filled(other)).spec())
        .as("replay with -Dtowtank.test.seed=%d", seed)
        .isSameAs(spec);
    // A spec of its own, as pods of StatefulSets have: what it is made of is still shared.
    Pod own = pod.withSpec(PodSpecBuilder.builder(pod.spec()).activeDeadlineSeconds(77L).build());
    PodSpec ownSpec = ((Pod) filled(own)).spec();
    if (spec.resources() == null && spec.rest().get("ephemeralContainers") == null) {
      assertThat(ownSpec.containers()).isSameAs(spec.containers());
      for (int i = 0; i < spec.volumes().size(); i++) {
        assertThat(ownSpec.volumes().get(i)).isSameAs(spec.volumes().get(i));
      }
    }
  }

  @Test
  void podsOfADeploymentShareOneSpec() {
    Deployment deployment = (Deployment) store.create(read(DEPLOYMENT));
    PodSpec template = deployment.spec().template().spec();
    assertThat(template.restartPolicy()).isEqualTo("Always");
    assertThat(template.containers().getFirst().imagePullPolicy()).isEqualTo("Always");
    assertThat(deployment.spec().replicas()).isEqualTo(1);
    Pod pod =
        (Pod)
            read(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: a, namespace: default}
                spec: {containers: [{name: c, image: x}]}
                """);
    Pod first = store.create(pod.withSpec(template));
    Pod second =
        store.create(
            pod.withSpec(template)
                .withMetadata(ObjectMetaBuilder.builder(pod.metadata()).name("b").build()));
    assertThat(first.spec()).isSameAs(second.spec());
    assertThat(ObjectCodec.write(first).at("/spec/containers/0/resources/requests/cpu").asText())
        .isEqualTo("1");
    assertThat(ObjectCodec.writePart(template).at("/containers/0/resources/requests")).isEmpty();
  }

  /** A patch that takes a field away has it filled in again, and that is no change. */
  @Test
  void whatIsTakenAwayComesBack() {
    Deployment deployment = (Deployment) store.create(read(DEPLOYMENT));
    assertThat(deployment.metadata().generation()).isEqualTo(1);
    Deployment emptied =
        store.update(
            deployment.withSpec(
                DeploymentSpecBuilder.builder(deployment.spec())
                    .revisionHistoryLimit(null)
                    .strategy(null)
                    .build()));
    assertThat(emptied).isSameAs(deployment);
    Deployment patched =
        store.patch(
            Kinds.DEPLOYMENT,
            "default",
            "web",
            PatchType.MERGE,
            Documents.json("{\"spec\": {\"progressDeadlineSeconds\": null}}"),
            false);
    assertThat(patched).isSameAs(deployment);
    Deployment scaled =
        store.update(
            deployment.withSpec(
                DeploymentSpecBuilder.builder(deployment.spec()).replicas(3).build()));
    assertThat(scaled.metadata().generation()).isEqualTo(2);
    assertThat(scaled.spec().template()).isSameAs(deployment.spec().template());
  }

  @Test
  void jobsHaveTheLabelsOfTheirTemplate() {
    Job job =
        (Job)
            store.create(
                read(
                    """
                    apiVersion: batch/v1
                    kind: Job
                    metadata: {name: j, namespace: default}
                    spec:
                      template:
                        metadata: {labels: {a: b}}
                        spec: {restartPolicy: Never, containers: [{name: c, image: x}]}
                    """));
    assertThat(job.metadata().labels()).containsExactly(Map.entry("a", "b"));
    assertThat(job.spec().completions()).isEqualTo(1);
    assertThat(job.spec().backoffLimit()).isEqualTo(6);
  }

  /**
   * Objects that differ by their names have one spec afterwards, whether it came filled in or not.
   */
  @Test
  void whatIsEqualIsOneInstance() {
    Deployment one = (Deployment) filled(read(DEPLOYMENT));
    Deployment other = (Deployment) filled(read(DEPLOYMENT.replace("name: web,", "name: api,")));
    Deployment third = (Deployment) filled(ObjectCodec.read(ObjectCodec.write(one)));
    PodSpec spec = one.spec().template().spec();
    assertThat(other.spec().template().spec()).isSameAs(spec);
    assertThat(third.spec().template().spec()).isEqualTo(spec).isSameAs(spec);
  }
}
