package io.towtank.store.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Namespace;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.PriorityClass;
import io.towtank.api.Timestamps;
import io.towtank.api.Toleration;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.store.StoreOptions;
import io.towtank.time.Simulation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdmissionTest {
  private final ApiStore store =
      new ApiStore(
          new Simulation(1, 1_767_225_600_000_000_000L),
          StoreOptions.PLAIN.withAdmissions(StandardAdmission.chain()));

  @BeforeEach
  void begin() {
    SystemObjects.createIn(store);
  }

  private static ObjectMeta meta(@Nullable String namespace, String name) {
    return ObjectMetaBuilder.builder()
        .namespace(namespace)
        .name(name)
        .creationTimestamp(Timestamps.NONE)
        .deletionTimestamp(Timestamps.NONE)
        .build();
  }

  private static Pod pod(String namespace, String name, PodSpec spec) {
    return new Pod(
        meta(namespace, name),
        0,
        spec,
        null,
        PodStatusBuilder.builder().startTime(Timestamps.NONE).build(),
        Fields.NONE);
  }

  private static PodSpec spec() {
    return PodSpecBuilder.builder().restartPolicy("Always").build();
  }

  private void priorityClass(
      String name, int value, boolean globalDefault, @Nullable String policy) {
    store.create(
        new PriorityClass(meta(null, name), 0, value, globalDefault, null, policy, Fields.NONE));
  }

  private ApiException refusal(Runnable request) {
    ApiException refusal = catchThrowableOfType(ApiException.class, request::run);
    assertThat(refusal).as("not refused").isNotNull();
    return refusal;
  }

  @Test
  void aClusterStartsWithTheSystemsObjects() {
    assertThat(store.list(Kinds.NAMESPACE))
        .extracting(Namespace::name)
        .containsExactly("default", "kube-node-lease", "kube-public", "kube-system");
    assertThat(store.list(Kinds.PRIORITY_CLASS))
        .extracting(PriorityClass::name)
        .containsExactly("system-cluster-critical", "system-node-critical");
    long revision = store.revision();
    SystemObjects.createIn(store);
    assertThat(store.revision()).isEqualTo(revision);
  }

  @Test
  void refusesWhatIsCreatedInNoNamespace() {
    ApiException missing = refusal(() -> store.create(pod("shop", "p", spec())));
    assertThat(missing).hasMessage("namespaces \"shop\" not found");
    assertThat(missing.reason()).isEqualTo(ApiException.Reason.NOT_FOUND);
    store.create(
        new Namespace(
            ObjectMetaBuilder.builder(meta(null, "shop"))
                .finalizers(ImmutableList.of("hold"))
                .build(),
            0,
            null,
            null,
            Fields.NONE));
    SystemObjects.createAccountIn(store, "shop");
    Pod created = store.create(pod("shop", "p", spec()));
    store.delete(Kinds.NAMESPACE, null, "shop", DeleteOptions.DEFAULT);
    ApiException terminating = refusal(() -> store.create(pod("shop", "q", spec())));
    assertThat(terminating)
        .hasMessage(
            "pods \"q\" is forbidden: unable to create new content in namespace shop because it is"
                + " being terminated");
    // What is there already may still be written.
    store.updateStatus(
        created.withStatus(PodStatusBuilder.builder(created.status()).message("going").build()));
  }

  @Test
  void podsOfATemplateGoOnSharingTheirSpec() {
    PodSpec template = spec();
    Pod one = store.create(pod("default", "one", template));
    Pod two = store.create(pod("default", "two", template));
    assertThat(one.spec()).isNotSameAs(template).isSameAs(two.spec());
    // What is admitted already is left as it is.
    Pod three = store.create(pod("default", "three", one.spec()));
    assertThat(three.spec()).isSameAs(one.spec());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # key                              | effect     | added
          -                                  | -          | 0
          -                                  | NoExecute  | 0
          -                                  | NoSchedule | 2
          node.kubernetes.io/not-ready       | NoExecute  | 1
          node.kubernetes.io/not-ready       | -          | 1
          node.kubernetes.io/not-ready       | NoSchedule | 2
          node.kubernetes.io/unreachable     | NoExecute  | 1
          gpu                                | NoExecute  | 2
          """)
  void toleratesAFailingNodeForFiveMinutes(
      @Nullable String key, @Nullable String effect, int added) {
    Toleration own = new Toleration(key, "Exists", null, effect, null, Fields.NONE);
    PodSpec spec = PodSpecBuilder.builder(spec()).tolerations(ImmutableList.of(own)).build();
    Pod stored = store.create(pod("default", "p", spec));
    assertThat(stored.spec().tolerations()).hasSize(1 + added).startsWith(own);
    stored
        .spec()
        .tolerations()
        .subList(1, 1 + added)
        .forEach(toleration -> {
          assertThat(toleration.tolerationSeconds()).isEqualTo(300);
          assertThat(toleration.effect()).isEqualTo("NoExecute");
          assertThat(toleration.operator()).isEqualTo("Exists");
        });
  }

  /** Classes: high (10, Never), low (-5), middle (3, the default where {@code withDefault}). */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # withDefault | class  | priority | policy | outcome
          false         | -      | -        | -      | null 0 PreemptLowerPriority
          false         | -      | 0        | -      | null 0 PreemptLowerPriority
          true          | -      | -        | -      | middle 3 PreemptLowerPriority
          true          | high   | -        | -      | high 10 Never
          true          | high   | 10       | Never  | high 10 Never
          false         | low    | -        | -      | low -5 PreemptLowerPriority
          false         | -      | 7        | -      | the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name
          false         | low    | 7        | -      | the integer value of priority (7) must not be provided in pod spec; priority admission controller computed -5 from the given PriorityClass name
          false         | low    | -        | Never  | the string value of PreemptionPolicy (Never) must not be provided in pod spec; priority admission controller computed PreemptLowerPriority from the given PriorityClass name
          false         | absent | -        | -      | no PriorityClass with name absent was found
          """)
  void givesPodsTheirPriority(
      boolean withDefault,
      @Nullable String className,
      @Nullable Integer priority,
      @Nullable String policy,
      String outcome) {
    priorityClass("high", 10, false, "Never");
    priorityClass("low", -5, false, null);
    priorityClass("middle", 3, withDefault, "PreemptLowerPriority");
    PodSpec spec =
        PodSpecBuilder.builder(spec())
            .priorityClassName(className)
            .priority(priority)
            .preemptionPolicy(policy)
            .build();
    String result;
    try {
      PodSpec stored = store.create(pod("default", "p", spec)).spec();
      result =
          stored.priorityClassName() + " " + stored.priority() + " " + stored.preemptionPolicy();
    } catch (ApiException e) {
      String prefix = "pods \"p\" is forbidden: ";
      assertThat(e).hasMessageStartingWith(prefix);
      result = Objects.requireNonNull(e.getMessage()).substring(prefix.length());
    }
    assertThat(result).isEqualTo(outcome);
  }

  @Test
  void followsTheClassesAsTheyChange() {
    PodSpec template = spec();
    assertThat(store.create(pod("default", "a", template)).spec().priority()).isZero();
    priorityClass("usual", 7, true, null);
    assertThat(store.create(pod("default", "b", template)).spec().priority()).isEqualTo(7);
    store.delete(Kinds.PRIORITY_CLASS, null, "usual", DeleteOptions.DEFAULT);
    assertThat(store.create(pod("default", "c", template)).spec().priority()).isZero();
  }

  @Test
  void refusesASecondDefaultClass() {
    priorityClass("usual", 7, true, null);
    assertThat(refusal(() -> priorityClass("other", 8, true, null)))
        .hasMessage(
            "priorityclasses.scheduling.k8s.io \"other\" is forbidden: PriorityClass usual is"
                + " already marked as default. Only one default can exist");
    PriorityClass usual = Objects.requireNonNull(store.get(Kinds.PRIORITY_CLASS, null, "usual"));
    store.update(
        new PriorityClass(
            usual.metadata(),
            usual.resourceVersion(),
            7,
            true,
            "what most pods have",
            null,
            Fields.NONE));
  }

  @Test
  void anUpdateKeepsWhatAdmissionGave() {
    Pod stored = store.create(pod("default", "p", spec()));
    PodSpec sparse =
        PodSpecBuilder.builder(stored.spec())
            .priority(null)
            .preemptionPolicy(null)
            .schedulerName(null)
            .tolerations(ImmutableList.of())
            .build();
    Pod updated = store.update(pod("default", "p", sparse));
    assertThat(updated).isSameAs(stored);
  }

  @Test
  void namesAnObjectThatHasNoNameYetByItsPrefix() {
    Pod generated = pod("default", "", PodSpecBuilder.builder().priorityClassName("x").build());
    Pod unnamed =
        generated.withMetadata(
            ObjectMetaBuilder.builder(generated.metadata()).generateName("web-").build());
    assertThat(refusal(() -> store.create(unnamed)))
        .hasMessage("pods \"web-\" is forbidden: no PriorityClass with name x was found");
  }
}
