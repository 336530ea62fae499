package io.towtank.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerSideApplyTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long START = 1_700_000_000L * SECOND;

  private static final Kind<GenericObject> ROBOT =
      new Kind<>(
          GenericObject.class,
          "example.com",
          "v1",
          "Robot",
          "robots",
          true,
          true,
          ImmutableList.of());

  private Kind<?> kind = Kinds.DEPLOYMENT;
  private @Nullable ObjectNode live;
  private long now = START;

  private ObjectNode document(String body) {
    ObjectNode document = Json.object("{metadata:{name:'d',namespace:'default'}}");
    document.put("apiVersion", kind.apiVersion()).put("kind", kind.name());
    ObjectNode content = Json.object(body);
    if (content.remove("metadata") instanceof ObjectNode metadata) {
      document.withObject("/metadata").setAll(metadata);
    }
    document.setAll(content);
    return document;
  }

  private void apply(String manager, String body) {
    live = ServerSideApply.of(kind).apply(live, document(body), manager, false, now);
  }

  private void force(String manager, String body) {
    live = ServerSideApply.of(kind).apply(live, document(body), manager, true, now);
  }

  private ApplyException refused(String manager, String body) {
    return catchThrowableOfType(ApplyException.class, () -> apply(manager, body));
  }

  private ObjectNode live() {
    if (live == null) {
      throw new AssertionError("nothing is there");
    }
    return live;
  }

  /** Writes the whole object; what the body says of metadata takes the place of what is there. */
  private void update(String manager, String subresource, String body) {
    ObjectNode next = live == null ? document("{}") : live.deepCopy();
    ObjectNode content = Json.object(body);
    if (content.remove("metadata") instanceof ObjectNode metadata) {
      next.withObject("/metadata").setAll(metadata);
    }
    next.setAll(content);
    live = ServerSideApply.of(kind).update(live, next, manager, subresource, now);
  }

  /** What a manager has, by the paths; empty for one that has nothing. */
  private String owned(String manager) {
    StringBuilder owned = new StringBuilder();
    ManagedFields.read(live().at("/metadata/managedFields"))
        .entries
        .forEach((owner, entry) -> {
          if (owner.name().equals(manager)) {
            owned.append(owned.isEmpty() ? "" : " + ");
            owned.append(entry.fields().toString().replace('\n', ' '));
          }
        });
    return owned.toString();
  }

  private JsonNode spec() {
    return live().path("spec");
  }

  private JsonNode container(String name) {
    for (JsonNode container : live().at("/spec/template/spec/containers")) {
      if (container.path("name").asText().equals(name)) {
        return container;
      }
    }
    return Json.read("null");
  }

  private static String containers(String elements) {
    return "{spec:{template:{spec:{containers:[" + elements + "]}}}}";
  }

  @Test
  void createsAnObjectThatBelongsToWhoAppliesIt() {
    apply("a", "{metadata:{labels:{x:'1'}},spec:{replicas:3}}");
    assertThat(live())
        .isEqualTo(
            Json.read(
                "{metadata:{name:'d',namespace:'default',labels:{x:'1'},managedFields:["
                    + "{manager:'a',operation:'Apply',apiVersion:'apps/v1',"
                    + "time:'2023-11-14T22:13:20Z',fieldsType:'FieldsV1',"
                    + "fieldsV1:{'f:metadata':{'f:labels':{'f:x':{}}},"
                    + "'f:spec':{'f:replicas':{}}}}]},"
                    + "apiVersion:'apps/v1',kind:'Deployment',spec:{replicas:3}}"));
  }

  @Test
  void whoWantsTheSameSharesAField() {
    apply("a", "{spec:{replicas:3,minReadySeconds:5}}");
    apply("b", "{spec:{replicas:3}}");
    assertThat(owned("a")).isEqualTo(".spec.minReadySeconds .spec.replicas");
    assertThat(owned("b")).isEqualTo(".spec.replicas");
    apply("a", "{spec:{minReadySeconds:5}}");
    assertThat(spec()).isEqualTo(Json.read("{replicas:3,minReadySeconds:5}"));
    apply("b", "{}");
    assertThat(spec()).isEqualTo(Json.read("{minReadySeconds:5}"));
    assertThat(owned("b")).isEmpty();
  }

  @Test
  void forceTakesWhatOthersHave() {
    apply("a", "{spec:{replicas:3,minReadySeconds:5}}");
    assertThat(refused("b", "{spec:{replicas:4}}"))
        .hasMessage("Apply failed with 1 conflict: conflict with \"a\": .spec.replicas");
    assertThat(spec().path("replicas").asInt()).isEqualTo(3);
    force("b", "{spec:{replicas:4}}");
    assertThat(spec()).isEqualTo(Json.read("{replicas:4,minReadySeconds:5}"));
    assertThat(owned("a")).isEqualTo(".spec.minReadySeconds");
    assertThat(owned("b")).isEqualTo(".spec.replicas");
  }

  @Test
  void tellsAllConflictsByManager() {
    apply("z", "{metadata:{labels:{x:'1'}},spec:{replicas:3}}");
    update("hpa", "scale", "{spec:{replicas:5}}");
    update("edit", "", "{spec:{replicas:5,minReadySeconds:1}}");
    ApplyException refusal =
        refused("b", "{metadata:{labels:{x:'2'}},spec:{replicas:4,minReadySeconds:2}}");
    assertThat(refusal.reason()).isEqualTo(ApplyException.Reason.CONFLICT);
    assertThat(refusal)
        .hasMessage(
            """
            Apply failed with 3 conflicts: conflicts with "edit" using apps/v1:
            - .spec.minReadySeconds
            conflicts with "hpa" with subresource "scale" using apps/v1:
            - .spec.replicas
            conflicts with "z":
            - .metadata.labels.x\
            """);
    assertThat(refusal.conflicts())
        .containsExactly(
            new ApplyException.Conflict("\"edit\" using apps/v1", ".spec.minReadySeconds"),
            new ApplyException.Conflict(
                "\"hpa\" with subresource \"scale\" using apps/v1", ".spec.replicas"),
            new ApplyException.Conflict("\"z\"", ".metadata.labels.x"));
  }

  @Test
  void elementsOfMergedListsHaveTheirOwners() {
    apply("a", containers("{name:'main',image:'m:1',env:[{name:'A',value:'1'}]}"));
    apply("b", containers("{name:'side',image:'s:1'},{name:'main',env:[{name:'B',value:'2'}]}"));
    assertThat(live().at("/spec/template/spec/containers"))
        .isEqualTo(
            Json.read(
                "[{name:'side',image:'s:1'},{name:'main',image:'m:1',"
                    + "env:[{name:'A',value:'1'},{name:'B',value:'2'}]}]"));
    assertThat(refused("b", containers("{name:'main',image:'m:2'}")))
        .hasMessage(
            "Apply failed with 1 conflict: conflict with \"a\": "
                + ".spec.template.spec.containers[name=\"main\"].image");
    // An element goes when nobody has it any more, and not before.
    apply("a", containers(""));
    assertThat(container("main")).isEqualTo(Json.read("{name:'main',env:[{name:'B',value:'2'}]}"));
    apply("b", containers("{name:'side'}"));
    assertThat(live().at("/spec/template/spec/containers")).isEqualTo(Json.read("[{name:'side'}]"));
  }

  @Test
  void portsAreToldApartByProtocol() {
    apply("a", containers("{name:'main',ports:[{containerPort:53,protocol:'UDP'}]}"));
    apply("b", containers("{name:'main',ports:[{containerPort:53,name:'dns'}]}"));
    assertThat(container("main").path("ports"))
        .isEqualTo(Json.read("[{containerPort:53,protocol:'UDP'},{containerPort:53,name:'dns'}]"));
    assertThat(owned("b"))
        .contains(".ports[containerPort=53,protocol=\"TCP\"].name")
        .doesNotContain("UDP");
  }

  @Test
  void membersOfSetsHaveTheirOwners() {
    apply("a", "{metadata:{finalizers:['x','y']}}");
    apply("b", "{metadata:{finalizers:['y','z']}}");
    assertThat(live().at("/metadata/finalizers")).isEqualTo(Json.read("['x','y','z']"));
    assertThat(owned("b")).isEqualTo(".metadata.finalizers[=\"y\"] .metadata.finalizers[=\"z\"]");
    apply("a", "{}");
    assertThat(live().at("/metadata/finalizers")).isEqualTo(Json.read("['y','z']"));
  }

  @Test
  void atomicPartsAreTakenAsAWhole() {
    apply("a", "{spec:{selector:{matchLabels:{x:'1'}}}}");
    assertThat(owned("a")).isEqualTo(".spec.selector");
    assertThat(refused("b", "{spec:{selector:{matchLabels:{y:'1'}}}}"))
        .hasMessage("Apply failed with 1 conflict: conflict with \"a\": .spec.selector");
    force("b", "{spec:{selector:{matchLabels:{y:'1'}}}}");
    assertThat(spec().path("selector")).isEqualTo(Json.read("{matchLabels:{y:'1'}}"));
    assertThat(owned("a")).isEmpty();
    apply("a", containers("{name:'main',args:['a','b']}"));
    apply("a", containers("{name:'main',args:['c']}"));
    assertThat(container("main").path("args")).isEqualTo(Json.read("['c']"));
  }

  @Test
  void anObjectOfUnknownOriginBelongsToNobodyInParticular() {
    live = document("{spec:{replicas:3,minReadySeconds:5}}");
    assertThat(refused("a", "{spec:{replicas:4}}"))
        .hasMessage(
            "Apply failed with 1 conflict: conflict with \"before-first-apply\" using apps/v1: "
                + ".spec.replicas");
    apply("a", "{spec:{minReadySeconds:5}}");
    assertThat(owned("before-first-apply")).isEqualTo(".spec.minReadySeconds .spec.replicas");
    apply("a", "{}");
    assertThat(spec()).isEqualTo(Json.read("{replicas:3,minReadySeconds:5}"));
  }

  @Test
  void anUpdateTakesWhatItChangesAndDropsWhatItRemoves() {
    apply("a", "{metadata:{labels:{x:'1',y:'1'}},spec:{replicas:3}}");
    update("b", "", "{metadata:{labels:{x:'2'}}}");
    assertThat(owned("a")).isEqualTo(".spec.replicas");
    assertThat(owned("b")).isEqualTo(".metadata.labels.x");
    assertThat(refused("a", "{metadata:{labels:{x:'1'}},spec:{replicas:3}}"))
        .hasMessage(
            "Apply failed with 1 conflict: conflict with \"b\" using apps/v1: .metadata.labels.x");
  }

  @Test
  void anUpdateThatCreatesOwnsWhatWasSaid() {
    update("kubectl-create", "", "{metadata:{labels:{x:'1'}},spec:{replicas:3,template:{}}}");
    assertThat(owned("kubectl-create"))
        .isEqualTo(".metadata.labels .metadata.labels.x .spec.replicas");
  }

  @Test
  void anObjectOfUnknownOriginIsNotTrackedBeforeItIsApplied() {
    live = document("{spec:{replicas:3}}");
    update("b", "", "{spec:{replicas:4}}");
    assertThat(live()).isEqualTo(document("{spec:{replicas:4}}"));
  }

  @Test
  void subresourcesAreApart() {
    apply("a", "{spec:{replicas:3},status:{replicas:3}}");
    // Status is not applied along with the rest.
    assertThat(owned("a")).isEqualTo(".spec.replicas");
    update("a", "status", "{status:{replicas:3,readyReplicas:1}}");
    assertThat(live().at("/metadata/managedFields")).hasSize(2);
    assertThat(live().at("/metadata/managedFields/1/subresource").asText()).isEqualTo("status");
    update("a", "scale", "{spec:{replicas:5}}");
    assertThat(owned("a")).isEqualTo(".spec.replicas + .status.readyReplicas");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"[]", "[{}]"})
  void managedFieldsCanBeReset(String reset) {
    apply("a", "{spec:{replicas:3}}");
    update("b", "", "{metadata:{managedFields:" + reset + "}}");
    assertThat(live().path("metadata").has("managedFields")).isFalse();
  }

  @Test
  void manyUpdatingManagersAreMergedTheOldestFirst() {
    apply("a", "{metadata:{annotations:{a:'1'}}}");
    for (int i = 0; i < 12; i++) {
      now = START + i * SECOND;
      ObjectNode next = live().deepCopy();
      next.withObject("/metadata/annotations").put("k" + i, "1");
      live = ServerSideApply.of(kind).update(live, next, "m" + i, "", now);
    }
    JsonNode entries = live().at("/metadata/managedFields");
    assertThat(entries).hasSize(11);
    assertThat(owned("ancient-changes"))
        .isEqualTo(".metadata.annotations.k0 .metadata.annotations.k1 .metadata.annotations.k2");
    assertThat(entries.get(1).path("manager").asText()).isEqualTo("ancient-changes");
    assertThat(owned("m3")).isEqualTo(".metadata.annotations.k3");
    assertThat(owned("a")).isEqualTo(".metadata.annotations.a");
  }

  @Test
  void kubectlTakesOverWhatItAppliedOnTheClientsSide() {
    String annotation = "kubectl.kubernetes.io/last-applied-configuration";
    ObjectNode created = document("{spec:{replicas:3,minReadySeconds:5}}");
    String last =
        document("{spec:{replicas:3}}").toString().replace("\\", "\\\\").replace("\"", "\\\"");
    created
        .withObject("/metadata")
        .set("annotations", Json.read("{\"" + annotation + "\":\"" + last + "\"}"));
    live = ServerSideApply.of(kind).update(null, created, "kubectl-client-side-apply", "", now);

    assertThat(refused("a", "{spec:{replicas:4}}").conflicts()).hasSize(1);
    assertThat(refused("kubectl", "{spec:{replicas:4,minReadySeconds:6}}"))
        .hasMessage(
            "Apply failed with 1 conflict: conflict with \"kubectl-client-side-apply\" using"
                + " apps/v1: .spec.minReadySeconds");
    apply("kubectl", "{spec:{replicas:4}}");
    assertThat(spec()).isEqualTo(Json.read("{replicas:4,minReadySeconds:5}"));
    assertThat(owned("kubectl")).isEqualTo(".spec.replicas");
    assertThat(live().at("/metadata/annotations").path(annotation).asText())
        .isEqualTo(document("{spec:{replicas:4}}") + "\n");
  }

  @Test
  void theTimeStaysWhereNothingIsWritten() {
    apply("a", "{spec:{replicas:3}}");
    ObjectNode before = live();
    now += 10 * SECOND;
    apply("a", "{spec:{replicas:3}}");
    assertThat(live()).isEqualTo(before);
    apply("a", "{spec:{replicas:4}}");
    assertThat(live().at("/metadata/managedFields/0/time").asText())
        .isEqualTo("2023-11-14T22:13:30Z");
  }

  @Test
  void zeroIsNoValueWhereKubernetesLeavesItOut() {
    apply("a", "{spec:{replicas:0,minReadySeconds:0,paused:false}}");
    // A pointer in Go keeps its zero.
    assertThat(spec()).isEqualTo(Json.read("{replicas:0}"));
    assertThat(owned("a")).isEqualTo(".spec.minReadySeconds .spec.paused .spec.replicas");
  }

  @Test
  void kindsWithoutSchemaAreMergedByShape() {
    kind = ROBOT;
    apply("a", "{spec:{arms:{left:1},legs:[{name:'l'}]}}");
    apply("b", "{spec:{arms:{right:2}}}");
    assertThat(spec()).isEqualTo(Json.read("{arms:{left:1,right:2},legs:[{name:'l'}]}"));
    assertThat(refused("b", "{spec:{legs:[{name:'r'}]}}"))
        .hasMessage("Apply failed with 1 conflict: conflict with \"a\": .spec.legs");
    apply("a", "{}");
    assertThat(spec()).isEqualTo(Json.read("{arms:{right:2}}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{spec:{replica:1}}|.spec.replica: field not declared in schema",
        "{spec:{replicas:'1'}}|.spec.replicas: expected numeric (int or float), got \"1\"",
        "{spec:{paused:1}}|.spec.paused: expected boolean, got 1",
        "{spec:{template:{spec:{containers:{}}}}}"
            + "|.spec.template.spec.containers: expected list, got {}",
        "{spec:{template:[]}}|.spec.template: expected map, got []",
        "{spec:{template:{spec:{containers:[{image:'i'}]}}}}"
            + "|.spec.template.spec.containers: element 0: associative list with keys has an"
            + " element that omits key field \"name\" (and doesn't have default value)",
        "{spec:{template:{spec:{containers:[{name:'a'},{name:'a'}]}}}}"
            + "|.spec.template.spec.containers: duplicate entries for key [name=\"a\"]",
        "{metadata:{finalizers:['x','x']}}"
            + "|.metadata.finalizers: duplicate entries for key [=\"x\"]",
        "{metadata:{finalizers:[{}]}}"
            + "|.metadata.finalizers: element 0: associative list without keys has an element"
            + " that's no text, number or boolean",
        "{metadata:{labels:{x:1}}}|.metadata.labels.x: expected string, got 1",
      })
  void checksTypes(String body, String problem) {
    ApplyException refusal = refused("a", body);
    assertThat(refusal.reason()).isEqualTo(ApplyException.Reason.INTERNAL);
    assertThat(refusal)
        .hasMessage(
            "failed to create typed patch object (default/d; apps/v1, Kind=Deployment): "
                + problem);
  }

  @Test
  void tellsAllProblems() {
    assertThat(refused("a", "{spec:{replica:1,paused:'no'}}"))
        .hasMessage(
            """
            failed to create typed patch object (default/d; apps/v1, Kind=Deployment): errors:
              .spec.replica: field not declared in schema
              .spec.paused: expected boolean, got "no\"\
            """);
  }

  @Test
  void refusesWhatCannotBeApplied() {
    assertThat(refused("", "{}"))
        .hasMessage("fieldManager: Required value: is required for apply patch");
    assertThat(refused("a", "{metadata:{managedFields:[]}}"))
        .hasMessage("metadata.managedFields must be nil");
    ApplyException version = refused("a", "{apiVersion:'apps/v1beta1'}");
    assertThat(version)
        .hasMessage(
            "Incorrect version specified in apply patch. Specified patch version: apps/v1beta1,"
                + " expected: apps/v1");
    assertThat(version.reason()).isEqualTo(ApplyException.Reason.BAD_REQUEST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{manager:'a',operation:'Apply',apiVersion:'',fieldsType:'FieldsV1'}"
            + "|apiVersion must not be empty",
        "{manager:'a',operation:'Merge',apiVersion:'apps/v1',fieldsType:'FieldsV1'}"
            + "|operation must be `Apply` or `Update`",
        "{manager:'a',operation:'Apply',apiVersion:'apps/v1',fieldsType:'FieldsV2'}"
            + "|invalid fieldsType \"FieldsV2\" in managed fields entry 0",
      })
  void refusesToApplyToManagedFieldsThatItCannotRead(String entry, String problem) {
    live = document("{metadata:{managedFields:[" + entry + "]}}");
    assertThat(refused("a", "{}")).hasMessage("failed to decode managed fields: " + problem);
  }
}
