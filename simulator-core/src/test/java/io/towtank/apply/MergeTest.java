package io.towtank.apply;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.towtank.schema.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergeTest {
  private static final MergeType METADATA = MergeType.of(Schema.builtIn(), "meta/v1.ObjectMeta");

  private static ArrayNode letters(String text) {
    ArrayNode letters = JsonNodeFactory.instance.arrayNode();
    text.chars().forEach(letter -> letters.add(Character.toString(letter)));
    return letters;
  }

  @ParameterizedTest
  @CsvSource({
    // live, configuration, merged; each letter is an element of a set
    "'', xy, xy",
    "xy, '', xy",
    "xyz, x, xyz",
    "x, xyz, xyz",
    "xy, yx, yx",
    // Nothing is shared: what is new comes last.
    "xyz, abc, xyzabc",
    // What only the live list has stays behind the shared element that it was behind.
    "xyz, zab, xyzab",
    "zab, xza, xzab",
    "mnopq, oabq, mnopabq",
    "mnotuv, abtu, mnoabtuv",
    // The configuration's order wins.
    "hfkj, hjfk, hjfk",
    "mnop, pabm, nopabm",
    "stuvwxyz, 2x3u4kl, stvw2xyz3u4kl",
    "qrstuvwxyz, 1r2x3u4kl, q1rstvw2xyz3u4kl",
    // What an object repeats stays where it is, unless the configuration has it.
    "xyy, z, xyyz",
    "xyy, x, xyy",
    "xyy, y, xy",
    "xxyy, yab, xxyab",
    "xxyy, '', xxyy",
    "stuvwu, 1t2wv, s1tu2wuv",
    "stuvwu, 1t2uwv, s1t2uwv",
    "hfkjhf, hjfk, hjfk",
  })
  void ordersTheElementsOfSets(String live, String configuration, String merged) {
    assertThat(
            Merge.of(
                letters(live),
                letters(configuration),
                METADATA.below(new PathElement.Field("finalizers"))))
        .isEqualTo(letters(merged));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // live | configuration | merged
        "{}|{}|{}",
        "{'labels':{'a':'1'}}|{}|{'labels':{'a':'1'}}",
        "{}|{'labels':{'a':'1'}}|{'labels':{'a':'1'}}",
        "{'labels':{'a':'1','b':'2'}}|{'labels':{'b':'3'}}|{'labels':{'a':'1','b':'3'}}",
        // An empty map is no null one.
        "{}|{'labels':{}}|{'labels':{}}",
        "{'labels':null}|{'labels':{}}|{'labels':{}}",
        "{'labels':{}}|{'labels':null}|{'labels':null}",
        "{'labels':{'a':'1'}}|{'labels':{}}|{'labels':{'a':'1'}}",
        "{'name':'a'}|{'name':'b'}|{'name':'b'}",
        "{'name':'a'}|{'name':null}|{'name':null}",
        "{'finalizers':['a']}|{'finalizers':[]}|{'finalizers':['a']}",
      })
  void keepsWhatTheConfigurationDoesNotName(String live, String configuration, String merged) {
    assertThat(Merge.of(Json.read(live), Json.read(configuration), METADATA))
        .isEqualTo(Json.read(merged));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // live | configuration | merged
        "{'ports':[{'containerPort':1,'protocol':'TCP','name':'a'}]}"
            + "|{'ports':[{'containerPort':1,'protocol':'UDP'}]}"
            + "|{'ports':[{'containerPort':1,'protocol':'TCP','name':'a'},"
            + "{'containerPort':1,'protocol':'UDP'}]}",
        // The protocol is TCP by default.
        "{'ports':[{'containerPort':1,'protocol':'TCP'}]}|{'ports':[{'containerPort':1,'name':'a'}]}"
            + "|{'ports':[{'containerPort':1,'protocol':'TCP','name':'a'}]}",
        "{'env':[{'name':'a','value':'1'},{'name':'b','value':'2'}]}"
            + "|{'env':[{'name':'b','value':'3'},{'name':'a'}]}"
            + "|{'env':[{'name':'b','value':'3'},{'name':'a','value':'1'}]}",
        // Repeated elements are not merged with, but replaced.
        "{'env':[{'name':'a','value':'1'},{'name':'a','value':'2'}]}|{'env':[{'name':'a'}]}"
            + "|{'env':[{'name':'a'}]}",
        "{'args':['a','b']}|{'args':['a']}|{'args':['a']}",
        "{'args':['a','b']}|{'args':[]}|{'args':[]}",
      })
  void mergesListsByTheirKeys(String live, String configuration, String merged) {
    JsonNode result =
        Merge.of(
            Json.read(live),
            Json.read(configuration),
            MergeType.of(Schema.builtIn(), "core/v1.Container"));
    assertThat(result).isEqualTo(Json.read(merged));
  }
}
