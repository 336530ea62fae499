package io.towtank.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import io.towtank.api.GenericObject;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PatchesTest {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(JsonParser.Feature.ALLOW_SINGLE_QUOTES).build();

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static JsonNode apply(PatchType type, String object, String patch) {
    return Patches.apply(type, json(object), json(patch), Kinds.POD);
  }

  private static PatchException refused(PatchType type, String object, String patch) {
    return catchThrowableOfType(PatchException.class, () -> apply(type, object, patch));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // object | operations | result
        "{'a':1}|[]|{'a':1}",
        "{'a':1}|[{'op':'add','path':'/b','value':{'c':[]}}]|{'a':1,'b':{'c':[]}}",
        "{'a':1}|[{'op':'add','path':'/a','value':2}]|{'a':2}",
        "{'a':1}|[{'op':'add','path':'/b'}]|{'a':1,'b':null}",
        "{'a':[1,2]}|[{'op':'add','path':'/a/1','value':9}]|{'a':[1,9,2]}",
        "{'a':[1,2]}|[{'op':'add','path':'/a/2','value':9}]|{'a':[1,2,9]}",
        "{'a':[1,2]}|[{'op':'add','path':'/a/-','value':9}]|{'a':[1,2,9]}",
        "{'a':[1,2]}|[{'op':'add','path':'/a/-1','value':9}]|{'a':[1,2,9]}",
        "{'a':[1,2]}|[{'op':'add','path':'/a/-3','value':9}]|{'a':[9,1,2]}",
        "{'a':[1,2]}|[{'op':'remove','path':'/a/-1'}]|{'a':[1]}",
        "{'a':[{'b':1}]}|[{'op':'replace','path':'/a/-1/b','value':2}]|{'a':[{'b':2}]}",
        "{'a':1}|[{'op':'remove','path':'/a'}]|{}",
        "{'a':1}|[{'op':'replace','path':'/a','value':'x'}]|{'a':'x'}",
        // Unlike RFC 6902, a field need not be there to be replaced.
        "{'a':1}|[{'op':'replace','path':'/b','value':2}]|{'a':1,'b':2}",
        "{'a':1}|[{'op':'replace','path':'','value':{'b':2}}]|{'b':2}",
        "{'a':{'x':1}}|[{'op':'move','from':'/a/x','path':'/b'}]|{'a':{},'b':1}",
        "{'a':{'x':1}}|[{'op':'copy','from':'/a','path':'/a/y'}]|{'a':{'x':1,'y':{'x':1}}}",
        "{'a':1}|[{'op':'copy','from':'/gone','path':'/b'}]|{'a':1,'b':null}",
        "{'a/b':1,'c~d':2}|[{'op':'remove','path':'/a~1b'},{'op':'remove','path':'/c~0d'}]|{}",
        "{'~1':1}|[{'op':'remove','path':'/~01'}]|{}",
        "{'':1}|[{'op':'remove','path':'/'}]|{}",
        "{'a':{'b':[1,'x',null]}}|[{'op':'test','path':'/a','value':{'b':[1,'x',null]}}]"
            + "|{'a':{'b':[1,'x',null]}}",
        "{'a':1}|[{'op':'test','path':'/gone','value':null}]|{'a':1}",
        "{'a':null}|[{'op':'test','path':'/a'}]|{'a':null}",
        "{'a':1}|[{'op':'test','path':'','value':{'a':1}}]|{'a':1}",
      })
  void appliesJsonPatches(String object, String patch, String result) {
    assertThat(apply(PatchType.JSON, object, patch)).isEqualTo(json(result));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // operations on {'a':[1],'b':{'c':null},'s':'t'} | reason | message
        "{'op':'add'}|MALFORMED|a JSON patch is a list of operations",
        "['add']|MALFORMED|an operation of a JSON patch is an object",
        "[{'op':'put','path':'/a'}]|INAPPLICABLE|Unexpected kind: \"put\"",
        "[{'path':'/a'}]|INAPPLICABLE|Unexpected kind",
        "[{'op':'add'}]|INAPPLICABLE|its path is no text",
        "[{'op':'add','path':3}]|INAPPLICABLE|its path is no text",
        "[{'op':'move','path':'/a'}]|INAPPLICABLE|its from is no text",
        "[{'op':'add','path':'','value':{}}]|INAPPLICABLE|doc is missing path",
        "[{'op':'add','path':'x','value':1}]|INAPPLICABLE|doc is missing path: \"x\"",
        "[{'op':'add','path':'/x/y','value':1}]|INAPPLICABLE|doc is missing path: \"/x/y\"",
        "[{'op':'add','path':'/s/y','value':1}]|INAPPLICABLE|doc is missing path",
        "[{'op':'add','path':'/b/c/d','value':1}]|INAPPLICABLE|doc is missing path",
        "[{'op':'add','path':'/a/2','value':1}]|INAPPLICABLE|invalid index: 2",
        "[{'op':'add','path':'/a/-3','value':1}]|INAPPLICABLE|invalid index: -3",
        "[{'op':'add','path':'/a/x','value':1}]|INAPPLICABLE|\"x\" is no index of a list",
        "[{'op':'add','path':'/a/x/y','value':1}]|INAPPLICABLE|doc is missing path",
        "[{'op':'add','path':'/a/0/y','value':1}]|INAPPLICABLE|doc is missing path",
        "[{'op':'remove','path':'/a/-'}]|INAPPLICABLE|\"-\" is no index of a list",
        "[{'op':'remove','path':'/a/1'}]|INAPPLICABLE|invalid index: 1",
        "[{'op':'remove','path':'/x'}]|INAPPLICABLE|Unable to remove nonexistent key: x",
        "[{'op':'replace','path':'/a/1','value':1}]|INAPPLICABLE|invalid index: 1",
        "[{'op':'replace','path':'','value':1}]|INAPPLICABLE|must be object or array",
        "[{'op':'move','from':'/x','path':'/y'}]|INAPPLICABLE|nonexistent key: x",
        "[{'op':'copy','from':'/x/y','path':'/y'}]|INAPPLICABLE|doc is missing path",
        "[{'op':'test','path':'/a/0','value':'1'}]|INAPPLICABLE|testing value /a/0 failed",
        "[{'op':'test','path':'/a/0','value':1.0}]|INAPPLICABLE|testing value /a/0 failed",
        "[{'op':'test','path':'/x','value':1}]|INAPPLICABLE|testing value /x failed",
        "[{'op':'test','path':'/a','value':[1,2]}]|INAPPLICABLE|testing value /a failed",
        "[{'op':'test','path':'/b','value':{}}]|INAPPLICABLE|testing value /b failed",
      })
  void refusesJsonPatches(String patch, PatchException.Reason reason, String message) {
    PatchException refusal = refused(PatchType.JSON, "{'a':[1],'b':{'c':null},'s':'t'}", patch);
    assertThat(refusal).hasMessageContaining(message);
    assertThat(refusal.reason()).isEqualTo(reason);
  }

  @Test
  void boundsWhatCopiesAdd() {
    StringBuilder patch =
        new StringBuilder("[{'op':'add','path':'/a','value':'" + "x".repeat(1000) + "'}");
    for (int i = 0; i < 40; i++) {
      patch.append(",{'op':'copy','from':'/a','path':'/b'}");
      patch.append(",{'op':'add','path':'/a','value':{}},{'op':'move','from':'/b','path':'/a/x'}");
      patch.append(",{'op':'copy','from':'/a/x','path':'/a/y'}");
    }
    patch.append("]");
    assertThat(refused(PatchType.JSON, "{}", patch.toString()))
        .hasMessageContaining("exceeding the limit 3145728");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // object | patch | result
        "{'a':1}|{}|{'a':1}",
        "{'a':1,'b':2}|{'a':null,'c':3}|{'b':2,'c':3}",
        "{'a':{'x':1,'y':2}}|{'a':{'x':null,'z':3}}|{'a':{'y':2,'z':3}}",
        "{'a':[1,2]}|{'a':[3]}|{'a':[3]}",
        "{'a':1}|{'a':{'b':null,'c':{'d':null}}}|{'a':{'c':{}}}",
        "{}|{'a':[{'b':null,'c':1},null]}|{'a':[{'c':1},null]}",
        "{'a':[1]}|{'a':[{'b':null}]}|{'a':[{}]}",
        // What replaces an object by something else is taken as it is.
        "{'a':{'x':1}}|{'a':[{'b':null}]}|{'a':[{'b':null}]}",
        "{'a':null}|{'b':1}|{'a':null,'b':1}",
        "{'a':null}|{'a':{'b':null}}|{'a':{}}",
        "{'a':1}|[{'b':null}]|[{}]",
        "[1]|{'a':1,'b':null}|{'a':1}",
      })
  void appliesMergePatches(String object, String patch, String result) {
    assertThat(apply(PatchType.MERGE, object, patch)).isEqualTo(json(result));
  }

  @ParameterizedTest
  @CsvSource({"null", "3", "'\"x\"'"})
  void refusesMergePatchesThatAreNoObjects(String patch) {
    PatchException refusal = refused(PatchType.MERGE, "{}", patch);
    assertThat(refusal).hasMessageContaining("a merge patch is an object");
    assertThat(refusal.reason()).isEqualTo(PatchException.Reason.MALFORMED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // a pod's spec | patch of the spec | result
        "{'nodeName':'a'}|{'nodeName':null,'hostNetwork':true}|{'hostNetwork':true}",
        // Lists are merged by the schema's merge keys, and replaced where there is none.
        "{'containers':[{'name':'a','image':'x','args':['1','2']},{'name':'b'}]}"
            + "|{'containers':[{'name':'a','image':'y','args':['3']}]}"
            + "|{'containers':[{'name':'a','image':'y','args':['3']},{'name':'b'}]}",
        "{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'p'}]}]}"
            + "|{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'q'},"
            + "{'containerPort':81}]}]}"
            + "|{'containers':[{'name':'a','ports':[{'containerPort':80,'name':'q'},"
            + "{'containerPort':81}]}]}",
        "{'tolerations':[{'key':'a'}]}|{'tolerations':[{'key':'b'}]}|{'tolerations':[{'key':'b'}]}",
        // What is new comes where the patch has it, among what both have.
        "{'containers':[{'name':'a'},{'name':'b'}]}|{'containers':[{'name':'c'},{'name':'b'}]}"
            + "|{'containers':[{'name':'c'},{'name':'a'},{'name':'b'}]}",
        "{'containers':[{'name':'a'},{'name':'b'}]}"
            + "|{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}]}"
            + "|{'containers':[{'name':'b'},{'name':'a'}]}",
        "{'containers':[{'name':'a'},{'name':'s'},{'name':'b'}]}"
            + "|{'$setElementOrder/containers':[{'name':'b'},{'name':'n'},{'name':'a'}],"
            + "'containers':[{'name':'n'},{'name':'a','image':'x'}]}"
            + "|{'containers':[{'name':'s'},{'name':'b'},{'name':'n'},{'name':'a','image':'x'}]}",
        "{'nodeName':'a'}|{'$setElementOrder/containers':[{'name':'b'},{'name':'a'}],"
            + "'containers':[{'name':'a'},{'name':'b'}]}"
            + "|error: The order in patch list",
        "{'nodeName':'a'}|{'$setElementOrder/containers':[{'name':'a'},{'name':'b'}],"
            + "'containers':[{'name':'a'},{'name':'b'},{'$patch':'delete','name':'c'}]}"
            + "|{'nodeName':'a','containers':[{'name':'a'},{'name':'b'}]}",
        // Elements are deleted and lists and objects replaced by directives.
        "{'containers':[{'name':'a'},{'name':'b'},{'name':'a'}]}"
            + "|{'containers':[{'$patch':'delete','name':'a'}]}|{'containers':[{'name':'b'}]}",
        "{'containers':[{'name':'a'}]}|{'containers':[{'$patch':'delete','name':'gone'}]}"
            + "|{'containers':[{'name':'a'}]}",
        "{'containers':[{'name':'a','image':'x'}]}"
            + "|{'containers':[{'$patch':'replace'},{'name':'a'},{'name':'b'}]}"
            + "|{'containers':[{'name':'a'},{'name':'b'}]}",
        "{'securityContext':{'runAsUser':1,'fsGroup':2}}"
            + "|{'securityContext':{'$patch':'replace','fsGroup':3}}"
            + "|{'securityContext':{'fsGroup':3}}",
        "{'securityContext':{'runAsUser':1}}|{'securityContext':{'$patch':'delete'}}"
            + "|{'securityContext':{}}",
        "{'securityContext':{'runAsUser':1}}|{'securityContext':{'$patch':'merge'}}"
            + "|error: unknown patch type: \"merge\"",
        "{'containers':[{'name':'a'}]}|{'containers':[{'$patch':'merge','name':'a'}]}"
            + "|error: merging lists cannot yet be specified",
        "{'containers':[{'name':'a'}]}|{'containers':[{'$patch':'drop','name':'a'}]}"
            + "|error: unknown patch type: \"drop\"",
        "{'containers':[{'name':'a'}]}|{'containers':[{'$patch':'delete'}]}"
            + "|error: does not contain declared merge key: name",
        "{'containers':[{'name':'a'}]}|{'containers':[{'image':'x'}]}"
            + "|error: does not contain declared merge key: name",
        // Directives in what is new are dropped with the objects that bear them.
        "{'nodeName':'a'}|{'containers':[{'name':'a'},{'$patch':'delete','name':'b'}],"
            + "'securityContext':{'$patch':'delete'}}|{'nodeName':'a','containers':[{'name':'a'}]}",
        // Nulls go from what is new, but not from an element that joins a list.
        "{'nodeName':'a'}|{'volumes':[{'name':'v','emptyDir':null}]}"
            + "|{'nodeName':'a','volumes':[{'name':'v'}]}",
        "{'volumes':[{'name':'u'}]}|{'volumes':[{'name':'v','emptyDir':null}]}"
            + "|{'volumes':[{'name':'v','emptyDir':null},{'name':'u'}]}",
        // retainKeys
        "{'volumes':[{'name':'v','emptyDir':{}}]}"
            + "|{'volumes':[{'name':'v','$retainKeys':['name','hostPath'],'hostPath':{'path':'/x'}}]}"
            + "|{'volumes':[{'name':'v','hostPath':{'path':'/x'}}]}",
        "{'volumes':[{'name':'v'}]}"
            + "|{'volumes':[{'name':'v','$retainKeys':['name'],'emptyDir':{}}]}"
            + "|error: invalid patch format of retainKeys: the patch sets emptyDir",
        "{'volumes':[{'name':'v'}]}|{'volumes':[{'name':'v','$retainKeys':'name'}]}"
            + "|error: invalid patch format of retainKeys",
        // Lists of values without parts.
        "{'topologySpreadConstraints':[]}|{'$deleteFromPrimitiveList/x':['a']}"
            + "|{'topologySpreadConstraints':[]}",
        "{'dnsConfig':{'searches':['a','b']}}"
            + "|{'dnsConfig':{'$deleteFromPrimitiveList/searches':['a']}}"
            + "|{'dnsConfig':{'searches':['b']}}",
        "{'nodeName':'a'}|{'$deleteFromPrimitiveList':['a']}"
            + "|error: invalid patch format of primitive list",
        "{'nodeName':'a'}|{'$setElementOrder':['a']}"
            + "|error: invalid patch format of setElementOrder list",
        "{'nodeName':'a'}|{'$setElementOrder/containers':'a'}|error: expected a list",
        "{'nodeName':'a'}|{'$setElementOrder/nodeName':['a']}|error: expected a list",
        // Where the schema knows no way.
        "{'nope':{'a':1}}|{'nope':{'a':2}}|error: unable to find api field in struct"
            + " core/v1.PodSpec",
        "{'nodeSelector':{'a':{'b':1}}}|{'nodeSelector':{'a':{'b':2}}}"
            + "|error: merging an object in json but data type is not struct",
        "{'containers':[{'name':'a'}]}|{'containers':['a']}"
            + "|error: list element types are not identical",
        "{'containers':[['a']]}|{'containers':[{'name':'a'}]}"
            + "|error: lists of lists are not supported",
        "{'containers':[null]}|{'containers':[{'name':'a'}]}|error: null is no element of a list",
        // A value of another type takes the place of the old one.
        "{'hostname':'x'}|{'hostname':['y']}|{'hostname':['y']}",
        "{'SecurityContext':{'runAsUser':1}}|{'SecurityContext':{'fsGroup':2}}"
            + "|{'SecurityContext':{'runAsUser':1,'fsGroup':2}}",
      })
  void appliesStrategicMergePatches(String spec, String patch, String result) {
    String object = "{'spec':" + spec + "}";
    String whole = "{'spec':" + patch + "}";
    if (result.startsWith("error: ")) {
      assertThat(refused(PatchType.STRATEGIC_MERGE, object, whole))
          .hasMessageContaining(result.substring("error: ".length()));
    } else {
      assertThat(apply(PatchType.STRATEGIC_MERGE, object, whole).path("spec"))
          .isEqualTo(json(result));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // finalizers | patch of metadata | result
        "['a']|{'finalizers':['b']}|['b','a']",
        "['a','b']|{'finalizers':['b','a']}|['b','a']",
        "['a','b','c']|{'finalizers':['c','n']}|['a','b','c','n']",
        "['a','b']|{'$deleteFromPrimitiveList/finalizers':['a']}|['b']",
        "['a']|{'$deleteFromPrimitiveList/finalizers':['a']}|[]",
        "['a','b']|{'$deleteFromPrimitiveList/finalizers':null}|",
        "['a','b']|{'$setElementOrder/finalizers':['b','a']}|['b','a']",
        "['a','b']|{'$setElementOrder/finalizers':['b','c'],"
            + "'$deleteFromPrimitiveList/finalizers':['a'],'finalizers':['c']}|['b','c']",
      })
  void mergesListsOfTexts(String finalizers, String patch, String result) {
    JsonNode merged =
        apply(
                PatchType.STRATEGIC_MERGE,
                "{'metadata':{'finalizers':" + finalizers + "}}",
                "{'metadata':" + patch + "}")
            .path("metadata")
            .path("finalizers");
    assertThat(merged.isMissingNode() ? null : merged)
        .isEqualTo(result == null ? null : json(result));
  }

  @Test
  void tellsWhatKindOfRefusalItIs() {
    assertThat(refused(PatchType.STRATEGIC_MERGE, "{}", "[]").reason())
        .isEqualTo(PatchException.Reason.MALFORMED);
    assertThat(refused(PatchType.STRATEGIC_MERGE, "{}", "{'$patch':'x'}").reason())
        .isEqualTo(PatchException.Reason.INAPPLICABLE);
    assertThat(
            refused(PatchType.STRATEGIC_MERGE, "{'spec':{'x':{}}}", "{'spec':{'x':{'y':1}}}")
                .reason())
        .isEqualTo(PatchException.Reason.INTERNAL);
    Kind<GenericObject> widget =
        new Kind<>(
            GenericObject.class,
            "example.com",
            "v1",
            "Widget",
            "widgets",
            true,
            false,
            ImmutableList.of());
    assertThatThrownBy(
            () -> Patches.apply(PatchType.STRATEGIC_MERGE, json("{}"), json("{}"), widget))
        .isInstanceOf(PatchException.class)
        .hasMessageContaining("not supported for Widget.example.com");
    assertThat(Patches.apply(PatchType.MERGE, json("{}"), json("{'a':1}"), widget))
        .isEqualTo(json("{'a':1}"));
  }

  @Test
  void knowsContentTypes() {
    for (PatchType type : PatchType.values()) {
      assertThat(PatchType.ofContentType(type.contentType())).hasValue(type);
    }
    assertThat(PatchType.ofContentType("application/json")).isEmpty();
  }

  @Test
  void leavesItsArgumentsAlone() {
    JsonNode object = json("{'spec':{'containers':[{'name':'a','env':[{'name':'x'}]}]}}");
    JsonNode patch =
        json("{'spec':{'containers':[{'name':'a','env':[{'$patch':'delete','name':'x'}]}]}}");
    JsonNode objectBefore = object.deepCopy();
    JsonNode patchBefore = patch.deepCopy();
    for (PatchType type : ImmutableList.of(PatchType.MERGE, PatchType.STRATEGIC_MERGE)) {
      assertThat(Patches.apply(type, object, patch, Kinds.POD)).isNotEqualTo(object);
    }
    JsonNode operations =
        json(
            "[{'op':'add','path':'/spec/x','value':{'a':[]}},"
                + "{'op':'add','path':'/spec/x/a/0','value':1},{'op':'remove','path':'/spec/containers'}]");
    JsonNode operationsBefore = operations.deepCopy();
    Patches.apply(PatchType.JSON, object, operations, Kinds.POD);
    assertThat(operations).isEqualTo(operationsBefore);
    assertThat(object).isEqualTo(objectBefore);
    assertThat(patch).isEqualTo(patchBefore);
  }

  private static LongStream seeds() {
    Long seed = Long.getLong("towtank.test.seed");
    return seed != null ? LongStream.of(seed) : LongStream.range(0, 300);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aMergePatchLeadsFromOneObjectToAnother(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ObjectNode from = object(random, 4);
    ObjectNode to = random.nextInt(4) == 0 ? object(random, 4) : changed(from.deepCopy(), random);
    JsonNode patch = difference(from, to);
    assertThat(Patches.apply(PatchType.MERGE, from, patch, Kinds.POD))
        .as("%s patched by %s, replay with -Dtowtank.test.seed=%s", from, patch, seed)
        .isEqualTo(to);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aStrategicMergePatchAppliedTwiceIsAppliedOnce(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ObjectNode pod = pod(random);
    ObjectNode patch = pod(random);
    String replay = pod + " patched by " + patch + ", replay with -Dtowtank.test.seed=" + seed;
    assertThat(Patches.apply(PatchType.STRATEGIC_MERGE, pod, pod, Kinds.POD))
        .as(replay)
        .isEqualTo(pod);
    JsonNode once = Patches.apply(PatchType.STRATEGIC_MERGE, pod, patch, Kinds.POD);
    assertThat(Patches.apply(PatchType.STRATEGIC_MERGE, once, patch, Kinds.POD))
        .as(replay)
        .isEqualTo(once);
    assertThat(Patches.apply(PatchType.STRATEGIC_MERGE, once, once, Kinds.POD))
        .as(replay)
        .isEqualTo(once);
  }

  private static JsonNode value(SplittableRandom random, int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0 -> JsonNodeFactory.instance.numberNode(random.nextInt(3));
      case 1 -> JsonNodeFactory.instance.textNode("t" + random.nextInt(3));
      case 2 -> JsonNodeFactory.instance.booleanNode(random.nextBoolean());
      case 3 -> JsonNodeFactory.instance.arrayNode();
      case 4 -> {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (int n = random.nextInt(3); n > 0; n--) {
          array.add(value(random, depth - 1));
        }
        yield array;
      }
      default -> object(random, depth - 1);
    };
  }

  private static ObjectNode object(SplittableRandom random, int depth) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (int n = random.nextInt(4); n > 0; n--) {
      object.set("k" + random.nextInt(5), value(random, depth));
    }
    return object;
  }

  private static ObjectNode changed(ObjectNode object, SplittableRandom random) {
    for (Map.Entry<String, JsonNode> field : ImmutableList.copyOf(object.properties())) {
      switch (random.nextInt(4)) {
        case 0 -> object.remove(field.getKey());
        case 1 -> object.set(field.getKey(), value(random, 2));
        case 2 -> {
          if (field.getValue() instanceof ObjectNode inner) {
            changed(inner, random);
          }
        }
        default -> {}
      }
    }
    object.set("k" + random.nextInt(5), value(random, 2));
    return object;
  }

  /** The merge patch that turns one object into another; neither has nulls. */
  private static ObjectNode difference(ObjectNode from, ObjectNode to) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : from.properties()) {
      if (!to.has(field.getKey())) {
        patch.putNull(field.getKey());
      }
    }
    for (Map.Entry<String, JsonNode> field : to.properties()) {
      JsonNode before = from.get(field.getKey());
      JsonNode after = field.getValue();
      if (before instanceof ObjectNode a && after instanceof ObjectNode b) {
        ObjectNode inner = difference(a, b);
        if (!inner.isEmpty()) {
          patch.set(field.getKey(), inner);
        }
      } else if (!after.equals(before)) {
        patch.set(field.getKey(), after.deepCopy());
      }
    }
    return patch;
  }

  private static ObjectNode pod(SplittableRandom random) {
    ObjectNode pod = JsonNodeFactory.instance.objectNode();
    ObjectNode metadata = pod.putObject("metadata");
    ArrayNode finalizers = metadata.putArray("finalizers");
    int first = random.nextInt(4);
    for (int n = random.nextInt(1, 4); n > 0; n--) {
      finalizers.add("f" + (first + n) % 4);
    }
    ArrayNode containers = pod.putObject("spec").putArray("containers");
    int name = random.nextInt(3);
    for (int n = random.nextInt(1, 4); n > 0; n--) {
      ObjectNode container = containers.addObject();
      container.put("name", "c" + (name + n) % 3);
      container.put("image", "i" + random.nextInt(3));
      if (random.nextBoolean()) {
        container.putArray("args").add(random.nextInt(3));
      }
      ArrayNode env = container.putArray("env");
      int variable = random.nextInt(4);
      for (int m = random.nextInt(1, 4); m > 0; m--) {
        env.addObject().put("name", "e" + (variable + m) % 4).put("value", "" + random.nextInt(3));
      }
    }
    return pod;
  }
}
