package io.towtank.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Deployment;
import io.towtank.api.DeploymentSpecBuilder;
import io.towtank.api.DeploymentStatusBuilder;
import io.towtank.api.FieldSelector;
import io.towtank.api.Fields;
import io.towtank.api.GenericObject;
import io.towtank.api.Job;
import io.towtank.api.JobSpecBuilder;
import io.towtank.api.JobStatusBuilder;
import io.towtank.api.Kinds;
import io.towtank.api.Namespace;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodCondition;
import io.towtank.api.PodPhase;
import io.towtank.api.PodSchedulingGate;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodTemplateSpecBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Uid;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class StoreRulesTest {
  private static final long START = 1_767_225_600_000_000_000L;

  private final Simulation simulation = new Simulation(7, START + 123);
  private final ApiStore store = new ApiStore(simulation, ImmutableList.of());

  static Job job(String name) {
    return new Job(
        TestObjects.meta("default", name),
        0,
        JobSpecBuilder.builder()
            .template(
                PodTemplateSpecBuilder.builder()
                    .metadata(TestObjects.meta(null, ""))
                    .spec(TestObjects.POD_SPEC)
                    .build())
            .build(),
        JobStatusBuilder.builder()
            .startTime(Timestamps.NONE)
            .completionTime(Timestamps.NONE)
            .build(),
        Fields.NONE);
  }

  private static void refused(ApiException.Reason reason, String message, Runnable request) {
    ApiException refusal = catchThrowableOfType(ApiException.class, request::run);
    assertThat(refusal).as("not refused: " + message).isNotNull();
    assertThat(refusal).hasMessage(message);
    assertThat(refusal.reason()).isEqualTo(reason);
  }

  @Test
  void givesWhatAnObjectNeedsAndTakesWhatOnlyTheServerMaySay() {
    Pod sent =
        PodBuilder.builder(TestObjects.pod("p"))
            .resourceVersion(77)
            .status(TestObjects.status(PodPhase.RUNNING))
            .metadata(
                ObjectMetaBuilder.builder(TestObjects.meta(null, "p"))
                    .uid(Uid.parse("mine"))
                    .generation(9)
                    .creationTimestamp(5)
                    .deletionTimestamp(6)
                    .deletionGracePeriodSeconds(7L)
                    .build())
            .build();
    Pod stored = store.create(sent);
    assertThat(stored.metadata().namespace()).isEqualTo("default");
    assertThat(stored.metadata().uid()).isNotNull().isNotEqualTo(Uid.parse("mine"));
    assertThat(stored.metadata().generation()).isEqualTo(1);
    assertThat(stored.metadata().creationTimestamp()).isEqualTo(START);
    assertThat(stored.metadata().deletionTimestamp()).isEqualTo(Timestamps.NONE);
    assertThat(stored.metadata().deletionGracePeriodSeconds()).isNull();
    assertThat(stored.status().phase()).isEqualTo(PodPhase.PENDING);
    assertThat(stored.status().qosClass()).isEqualTo("BestEffort");
    assertThat(stored.resourceVersion()).isEqualTo(1).isEqualTo(store.revision());
    assertThat(store.get(Kinds.POD, "default", "p")).isSameAs(stored);
  }

  @Test
  void restoresAnObjectAsItCame() {
    Pod sent =
        PodBuilder.builder(TestObjects.pod("p"))
            .nodeName("n1")
            .status(TestObjects.status(PodPhase.RUNNING))
            .metadata(
                ObjectMetaBuilder.builder(TestObjects.meta("default", "p"))
                    .uid(Uid.parse("mine"))
                    .generation(9)
                    .creationTimestamp(5)
                    .build())
            .build();
    assertThat(store.restore(sent)).isEqualTo(sent.withResourceVersion(1));
  }

  @Test
  void podsOfATemplateShareTheirStatusUntilTheyDiffer() {
    Pod one = store.create(TestObjects.pod("one"));
    Pod two = store.create(TestObjects.pod("two"));
    assertThat(one.status()).isSameAs(two.status());
    assertThat(store.bind("default", "one", "n1").status())
        .isSameAs(store.bind("default", "two", "n2").status());
  }

  @Test
  void makesNames() {
    Set<String> names = new HashSet<>();
    Set<Uid> uids = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      Pod pod = store.create(TestObjects.generated("web-"));
      assertThat(pod.name()).matches("web-[bcdfghjklmnpqrstvwxz2456789]{5}");
      assertThat(Objects.requireNonNull(pod.metadata().uid()).toString())
          .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
      names.add(pod.name());
      uids.add(pod.metadata().uid());
    }
    assertThat(names).hasSize(2000);
    assertThat(uids).hasSize(2000);
    String longest = "x".repeat(100);
    assertThat(store.create(TestObjects.generated(longest)).name()).hasSize(63);
  }

  @Test
  void namesDoNotDependOnWhatElseIsCreated() {
    List<String> alone = new ArrayList<>();
    List<String> among = new ArrayList<>();
    ApiStore other = new ApiStore(new Simulation(7, START + 123), ImmutableList.of());
    for (int i = 0; i < 20; i++) {
      alone.add(store.create(TestObjects.generated("web-")).name());
      other.create(TestObjects.generated("db-"));
      among.add(other.create(TestObjects.generated("web-")).name());
    }
    assertThat(among).isEqualTo(alone);
  }

  @Test
  void differentSeedsGiveDifferentNames() {
    ApiStore other = new ApiStore(new Simulation(8, START + 123), ImmutableList.of());
    assertThat(other.create(TestObjects.generated("web-")).name())
        .isNotEqualTo(store.create(TestObjects.generated("web-")).name());
  }

  @Test
  void refusesNamesInTheApisWords() {
    store.create(TestObjects.pod("p"));
    store.create(TestObjects.deployment("d", 1));
    refused(
        ApiException.Reason.ALREADY_EXISTS,
        "pods \"p\" already exists",
        () -> store.create(TestObjects.pod("p")));
    refused(
        ApiException.Reason.ALREADY_EXISTS,
        "deployments.apps \"d\" already exists",
        () -> store.create(TestObjects.deployment("d", 1)));
    refused(
        ApiException.Reason.INVALID,
        "Pod \"\" is invalid: metadata.name: Required value: name or generateName is required",
        () -> store.create(TestObjects.pod("")));
    refused(
        ApiException.Reason.NOT_FOUND,
        "pods \"q\" not found",
        () -> store.update(TestObjects.pod("q")));
    refused(
        ApiException.Reason.NOT_FOUND,
        "deployments.apps \"e\" not found",
        () -> store.delete(Kinds.DEPLOYMENT, "default", "e", DeleteOptions.DEFAULT));
    store.create(TestObjects.withFinalizers(TestObjects.pod("held"), "hold"));
    store.delete(Kinds.POD, "default", "held", DeleteOptions.DEFAULT);
    refused(
        ApiException.Reason.ALREADY_EXISTS,
        "object is being deleted: pods \"held\" already exists",
        () -> store.create(TestObjects.pod("held")));
  }

  @Test
  void refusesStaleWrites() {
    Deployment first = store.create(TestObjects.deployment("d", 1));
    Deployment second = store.update(withReplicas(first, 2));
    String modified =
        "Operation cannot be fulfilled on deployments.apps \"d\": the object has been modified;"
            + " please apply your changes to the latest version and try again";
    refused(ApiException.Reason.CONFLICT, modified, () -> store.update(withReplicas(first, 3)));
    refused(ApiException.Reason.CONFLICT, modified, () -> store.updateStatus(first));
    assertThat(store.update(withReplicas(first, 3).withResourceVersion(0)).spec().replicas())
        .isEqualTo(3);
    assertThat(store.revision()).isEqualTo(3);
    assertThat(second.metadata().generation()).isEqualTo(2);
  }

  @Test
  void refusesToUpdateAnotherObjectOfTheSameName() {
    Pod first = store.create(TestObjects.pod("p"));
    store.delete(Kinds.POD, "default", "p", DeleteOptions.DEFAULT);
    Pod second = store.create(TestObjects.pod("p"));
    assertThat(second.metadata().uid()).isNotEqualTo(first.metadata().uid());
    refused(
        ApiException.Reason.CONFLICT,
        "Operation cannot be fulfilled on pods \"p\": Precondition failed: UID in precondition: "
            + first.metadata().uid()
            + ", UID in object meta: "
            + second.metadata().uid(),
        () -> store.updateStatus(first.withResourceVersion(0)));
  }

  @Test
  void checksPreconditionsOfDeletion() {
    Pod pod = store.create(TestObjects.pod("p"));
    Uid other = Uid.of(1, 2);
    refused(
        ApiException.Reason.CONFLICT,
        "Operation cannot be fulfilled on Pod \"p\": the UID in the precondition ("
            + other
            + ") does not match the UID in record ("
            + pod.metadata().uid()
            + "). The object might have been deleted and then recreated",
        () ->
            store.delete(
                Kinds.POD,
                "default",
                "p",
                new DeleteOptions(null, DeleteOptions.Propagation.BACKGROUND, other)));
    refused(
        ApiException.Reason.CONFLICT,
        "Operation cannot be fulfilled on Pod \"p\": the ResourceVersion in the precondition (5)"
            + " does not match the ResourceVersion in record (1). The object might have been"
            + " modified",
        () -> store.delete(Kinds.POD, "default", "p", new DeleteOptions(null, null, null, 5)));
    store.delete(Kinds.POD, "default", "p", new DeleteOptions(null, null, pod.metadata().uid(), 1));
    assertThat(store.count(Kinds.POD)).isZero();
  }

  @Test
  void whatChangesNothingIsNoWrite() {
    Deployment created = store.create(TestObjects.deployment("d", 1));
    assertThat(store.update(TestObjects.deployment("d", 1))).isSameAs(created);
    assertThat(store.updateStatus(created)).isSameAs(created);
    assertThat(store.revision()).isEqualTo(1);
  }

  @Test
  void countsGenerationsOfWhatIsWanted() {
    Deployment deployment = store.create(TestObjects.deployment("d", 1));
    deployment = store.update(withLabels(deployment, ImmutableMap.of("a", "1")));
    assertThat(deployment.metadata().generation()).isEqualTo(1);
    deployment =
        store.updateStatus(
            deployment.withStatus(DeploymentStatusBuilder.builder().replicas(1).build()));
    assertThat(deployment.metadata().generation()).isEqualTo(1);
    deployment = store.update(withReplicas(deployment, 5));
    assertThat(deployment.metadata().generation()).isEqualTo(2);
    assertThat(deployment.status().replicas()).isEqualTo(1);
    // Annotations of a Deployment are copied to its ReplicaSets.
    deployment =
        store.update(
            deployment.withMetadata(
                ObjectMetaBuilder.builder(deployment.metadata())
                    .annotations(ImmutableMap.of("a", "1"))
                    .build()));
    assertThat(deployment.metadata().generation()).isEqualTo(3);
    GenericObject config = store.create(TestObjects.configMap("c"));
    assertThat(config.metadata().generation()).isZero();
  }

  @Test
  void updateKeepsWhatOnlyTheServerMaySay() {
    Pod created = store.create(TestObjects.pod("p"));
    Pod bound = store.bind("default", "p", "n1");
    Pod sent =
        TestObjects.pod("default", "p", ImmutableMap.of("a", "1"))
            .withStatus(TestObjects.status(PodPhase.FAILED));
    Pod updated = store.update(sent);
    assertThat(updated.metadata().uid()).isEqualTo(created.metadata().uid());
    assertThat(updated.metadata().creationTimestamp())
        .isEqualTo(created.metadata().creationTimestamp());
    assertThat(updated.nodeName()).isEqualTo("n1");
    assertThat(updated.status()).isEqualTo(bound.status());
    assertThat(updated.metadata().labels()).isEqualTo(ImmutableMap.of("a", "1"));
    ApiException refusal =
        catchThrowableOfType(
            ApiException.class,
            () -> store.update(PodBuilder.builder(sent).nodeName("n2").build()));
    assertThat(refusal.reason()).isEqualTo(ApiException.Reason.INVALID);
    assertThat(refusal)
        .hasMessageStartingWith(
            "Pod \"p\" is invalid: spec: Forbidden: pod updates may not change fields other than");
  }

  @Test
  void bindsOnce() {
    Pod gated = TestObjects.pod("gated");
    store.create(
        gated.withSpec(
            PodSpecBuilder.builder(gated.spec())
                .schedulingGates(ImmutableList.of(new PodSchedulingGate("wait", Fields.NONE)))
                .build()));
    store.create(TestObjects.pod("p"));
    simulation.step(1_500_000_000L);
    Pod bound = store.bind("default", "p", "n1");
    PodCondition condition = bound.status().conditions().getFirst();
    assertThat(condition.type()).isEqualTo("PodScheduled");
    assertThat(condition.status()).hasToString("True");
    assertThat(condition.lastTransitionTime()).isEqualTo(START + 1_000_000_000L);
    assertThat(bound.metadata().generation()).isEqualTo(1);
    refused(
        ApiException.Reason.CONFLICT,
        "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to node"
            + " \"n1\"",
        () -> store.bind("default", "p", "n2"));
    refused(
        ApiException.Reason.CONFLICT,
        "Operation cannot be fulfilled on pods/binding \"gated\": pod gated has non-empty"
            + " .spec.schedulingGates",
        () -> store.bind("default", "gated", "n2"));
    refused(
        ApiException.Reason.NOT_FOUND,
        "pods \"q\" not found",
        () -> store.bind("default", "q", "n2"));
    store.create(TestObjects.withFinalizers(TestObjects.pod("going"), "hold"));
    store.delete(Kinds.POD, "default", "going", DeleteOptions.DEFAULT);
    refused(
        ApiException.Reason.CONFLICT,
        "Operation cannot be fulfilled on pods/binding \"going\": pod going is being deleted,"
            + " cannot be assigned to a host",
        () -> store.bind("default", "going", "n2"));
  }

  @Test
  void anObjectGoesWithItsLastFinalizer() {
    Deployment held =
        store.create(
            TestObjects.deployment("d", 1)
                .withMetadata(
                    ObjectMetaBuilder.builder(TestObjects.meta("default", "d"))
                        .finalizers(ImmutableList.of("hold"))
                        .build()));
    Deployment marked = store.delete(Kinds.DEPLOYMENT, "default", "d", DeleteOptions.DEFAULT);
    assertThat(marked.metadata().deletionTimestamp()).isEqualTo(START);
    assertThat(marked.metadata().generation()).isEqualTo(held.metadata().generation() + 1);
    Deployment released =
        store.update(
            marked.withMetadata(
                ObjectMetaBuilder.builder(marked.metadata())
                    .finalizers(ImmutableList.of())
                    .build()));
    assertThat(released.resourceVersion()).isEqualTo(store.revision());
    assertThat(store.get(Kinds.DEPLOYMENT, "default", "d")).isNull();
  }

  @Test
  void deletesCollections() {
    store.create(TestObjects.pod("default", "a", ImmutableMap.of("app", "web")));
    store.create(TestObjects.pod("default", "b", ImmutableMap.of("app", "db")));
    store.create(TestObjects.pod("other", "c", ImmutableMap.of("app", "web")));
    assertThat(
            store.deleteCollection(
                Kinds.POD, Selection.inNamespace("default"), DeleteOptions.DEFAULT))
        .extracting(Pod::name)
        .containsExactly("a", "b");
    assertThat(store.list(Kinds.POD)).extracting(Pod::name).containsExactly("c");
  }

  @Test
  void knowsWhichFieldsAKindIsSelectedBy() {
    refused(
        ApiException.Reason.BAD_REQUEST,
        "field label not supported: spec.color",
        () -> store.list(Kinds.POD, ListOptions.of(Selection.byField("spec.color", "red"))));
    refused(
        ApiException.Reason.BAD_REQUEST,
        "\"spec.replicas\" is not a known field selector: only \"metadata.name\","
            + " \"metadata.namespace\"",
        () ->
            store.list(Kinds.DEPLOYMENT, ListOptions.of(Selection.byField("spec.replicas", "1"))));
    store.create(TestObjects.namespace("shop"));
    store.create(job("j"));
    assertThat(names(Kinds.NAMESPACE, "status.phase=Active")).containsExactly("shop");
    assertThat(names(Kinds.NAMESPACE, "metadata.name!=shop")).isEmpty();
    assertThat(names(Kinds.JOB, "status.successful=0,metadata.namespace=default"))
        .containsExactly("j");
  }

  private List<String> names(io.towtank.api.Kind<?> kind, String fields) {
    Selection selection = new Selection(null, null, FieldSelector.parse(fields));
    return store.list(kind, ListOptions.of(selection)).items().stream()
        .map(object -> object.name())
        .toList();
  }

  @Test
  void refusesRevisionsThatItDoesNotHave() {
    for (int i = 0; i < 3; i++) {
      store.create(TestObjects.pod("p" + i));
    }
    store.compact(Kinds.POD);
    refused(
        ApiException.Reason.EXPIRED,
        "too old resource version: 2 (3)",
        () -> store.watch(Kinds.POD, WatchOptions.all(0).from(2), new Silent()));
    refused(
        ApiException.Reason.TIMEOUT,
        "Too large resource version: 9, current: 3",
        () -> store.watch(Kinds.POD, WatchOptions.all(0).from(9), new Silent()));
    refused(
        ApiException.Reason.EXPIRED,
        "The resourceVersion for the provided list is too old.",
        () -> store.list(Kinds.POD, ListOptions.ALL.at(2)));
    refused(
        ApiException.Reason.BAD_REQUEST,
        "continue key is not valid: nonsense",
        () -> store.list(Kinds.POD, ListOptions.ALL.continuing("nonsense")));
    ListPage<Pod> page = store.list(Kinds.POD, ListOptions.ALL.limit(1));
    assertThat(page.remaining()).isEqualTo(2);
    store.create(TestObjects.pod("p9"));
    store.compact(Kinds.POD);
    ApiException expired =
        catchThrowableOfType(
            ApiException.class,
            () -> store.list(Kinds.POD, ListOptions.ALL.continuing(page.continueToken())));
    assertThat(expired)
        .hasMessageStartingWith(
            "The provided continue parameter is too old to display a consistent list result.");
    assertThat(store.list(Kinds.POD, ListOptions.ALL.continuing(expired.continueToken())).items())
        .extracting(Pod::name)
        .containsExactly("p1", "p2", "p9");
  }

  @Test
  void listsAtAnEarlierRevision() {
    store.create(TestObjects.pod("a"));
    store.create(TestObjects.pod("b"));
    store.delete(Kinds.POD, "default", "a", DeleteOptions.DEFAULT);
    store.bind("default", "b", "n1");
    assertThat(store.list(Kinds.POD, ListOptions.ALL.at(2)).items())
        .extracting(Pod::name)
        .containsExactly("a", "b");
    assertThat(store.list(Kinds.POD, ListOptions.ALL.at(1)).items())
        .extracting(Pod::name)
        .containsExactly("a");
    assertThat(
            store
                .list(Kinds.POD, ListOptions.of(Selection.byField("spec.nodeName", "n1")).at(3))
                .items())
        .isEmpty();
  }

  @Test
  void listsInTheOrderOfEtcdsKeys() {
    for (String namespace : new String[] {"a", "a-b", "a.b", "b"}) {
      store.create(TestObjects.pod(namespace, "x", ImmutableMap.of()));
    }
    assertThat(store.list(Kinds.POD))
        .extracting(pod -> pod.metadata().namespace())
        .containsExactly("a-b", "a.b", "a", "b");
  }

  @Test
  void aClusterWideObjectHasNoNamespace() {
    Namespace sent = TestObjects.namespace("shop").withMetadata(TestObjects.meta("x", "shop"));
    assertThat(ObjectKey.of(store.create(sent))).isEqualTo(new ObjectKey(null, "shop"));
  }

  @Test
  void tellsListenersOfCommitsAtOnce() {
    List<String> told = new ArrayList<>();
    store.addCommitListener((previous, current, revision) ->
        told.add(
            revision
                + (previous == null ? " created" : current == null ? " deleted" : " changed")));
    store.create(TestObjects.pod("p"));
    store.bind("default", "p", "n1");
    store.delete(Kinds.POD, "default", "p", DeleteOptions.NOW);
    assertThat(told).containsExactly("1 created", "2 changed", "3 deleted");
  }

  private static Deployment withReplicas(Deployment deployment, int replicas) {
    return deployment.withSpec(
        DeploymentSpecBuilder.builder(deployment.spec()).replicas(replicas).build());
  }

  private static Deployment withLabels(Deployment deployment, ImmutableMap<String, String> labels) {
    return deployment.withMetadata(
        ObjectMetaBuilder.builder(deployment.metadata()).labels(labels).build());
  }

  private static final class Silent implements WatchListener<Pod> {
    @Override
    public void added(Pod object) {}

    @Override
    public void modified(Pod previous, Pod object) {}

    @Override
    public void deleted(Pod last) {}
  }
}
