package io.towtank.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Deployment;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.patch.PatchType;
import io.towtank.time.Simulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StorePatchTest {
  private final ApiStore store =
      new ApiStore(new Simulation(1, 1_767_225_600_000_000_000L), ImmutableList.of());

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          MERGE           | {'spec':{'replicas':5},'status':{'replicas':9}}              | 5 | 2
          STRATEGIC_MERGE | {'spec':{'replicas':5}}                                      | 5 | 2
          JSON            | [{'op':'replace','path':'/spec/replicas','value':5}]         | 5 | 2
          MERGE           | {'metadata':{'labels':{'a':'1'}}}                            | 1 | 1
          MERGE           | {'metadata':{'resourceVersion':'1'},'spec':{'replicas':3}}   | 3 | 2
          """)
  void patches(PatchType type, String patch, int replicas, int generation) {
    store.create(TestObjects.deployment("d", 1));
    Deployment patched = store.patch(Kinds.DEPLOYMENT, "default", "d", type, json(patch), false);
    assertThat(patched.spec().replicas()).isEqualTo(replicas);
    assertThat(patched.metadata().generation()).isEqualTo(generation);
    assertThat(patched.status().replicas()).isZero();
    assertThat(patched.resourceVersion()).isEqualTo(2);
  }

  @Test
  void patchesStatusAndNothingElse() {
    store.create(TestObjects.deployment("d", 1));
    Deployment patched =
        store.patch(
            Kinds.DEPLOYMENT,
            "default",
            "d",
            PatchType.MERGE,
            json("{'spec':{'replicas':5},'status':{'replicas':9}}"),
            true);
    assertThat(patched.spec().replicas()).isEqualTo(1);
    assertThat(patched.status().replicas()).isEqualTo(9);
    assertThat(patched.metadata().generation()).isEqualTo(1);
  }

  @Test
  void aPatchThatChangesNothingIsNoWrite() {
    Deployment created = store.create(TestObjects.deployment("d", 1));
    assertThat(
            store.patch(
                Kinds.DEPLOYMENT,
                "default",
                "d",
                PatchType.MERGE,
                json("{'spec':{'replicas':1}}"),
                false))
        .isSameAs(created);
  }

  @Test
  void aPodStaysOneOfItsTemplate() {
    Pod created = store.create(TestObjects.pod("p"));
    Pod bound = store.bind("default", "p", "n1");
    Pod patched =
        store.patch(
            Kinds.POD,
            "default",
            "p",
            PatchType.STRATEGIC_MERGE,
            json("{'metadata':{'labels':{'a':'1'}}}"),
            false);
    assertThat(patched.spec()).isSameAs(created.spec());
    assertThat(patched.nodeName()).isEqualTo("n1");
    assertThat(patched.status()).isEqualTo(bound.status());
    assertThat(patched.metadata().labels()).isEqualTo(ImmutableMap.of("a", "1"));
    assertThat(patched.metadata().generation()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          d | MERGE | {'metadata':{'resourceVersion':'99'}}                  | 409
          d | MERGE | {'metadata':{'name':'e'}}                              | 400
          d | MERGE | {'metadata':{'namespace':'other'}}                     | 400
          d | MERGE | {'spec':{'replicas':'many'}}                           | 400
          d | MERGE | ['no','object']                                        | 400
          d | JSON  | [{'op':'remove','path':'/spec/nothing'}]               | 422
          d | JSON  | [{'op':'test','path':'/spec/replicas','value':7}]      | 422
          d | JSON  | {'spec':{}}                                            | 400
          e | MERGE | {'spec':{'replicas':2}}                                | 404
          """)
  void refuses(String name, PatchType type, String patch, int code) {
    store.create(TestObjects.deployment("d", 1));
    ApiException refusal =
        catchThrowableOfType(
            ApiException.class,
            () -> store.patch(Kinds.DEPLOYMENT, "default", name, type, json(patch), false));
    assertThat(refusal).isNotNull();
    assertThat(refusal.reason().code()).as(refusal.getMessage()).isEqualTo(code);
    assertThat(store.revision()).isEqualTo(1);
  }
}
