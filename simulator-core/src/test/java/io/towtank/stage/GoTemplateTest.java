package io.towtank.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.towtank.api.Timestamps;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates say what Go's text/template would make of them. */
class GoTemplateTest {
  private static final StageSubject SUBJECT =
      new StageSubject() {
        @Override
        public long nowEpochNanos() {
          return Timestamps.parse("2026-01-01T00:00:05Z") + 250_000_000;
        }

        @Override
        public long startEpochNanos() {
          return Timestamps.parse("2026-01-01T00:00:00Z");
        }

        @Override
        public String nodeName() {
          return "node-1";
        }

        @Override
        public String nodeIp(String nodeName) {
          return nodeName.equals("node-1") ? "172.16.0.1" : "";
        }

        @Override
        public @Nullable String podIp() {
          return "10.0.0.2";
        }
      };

  private static String render(String template) {
    try {
      JsonNode pod =
          new ObjectMapper()
              .readTree(
                  """
                  {"name": "web", "yes": true, "no": false, "zero": 0, "three": 3, "none": null,
                   "empty": "", "list": ["a", "b", "c"], "nothing": [], "map": {"y": 2, "x": 1},
                   "deep": {"er": {"x": "found"}}, "code": "\\"quoted\\" \\\\ text"}
                  """);
      return GoTemplate.parse(template).render(pod, SUBJECT);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        "{{ .name }} => web",
        "{{.name}}-{{ .three }}-{{ .yes }} => web-3-true",
        "a {{- .name -}} b => awebb",
        "a{{/* nothing to say */}}b => ab",
        "{{ .deep.er.x }} => found",
        "{{ .deep.absent.x }} => <no value>",
        "{{ .name | Quote }} => \"web\"",
        "{{ .three | Quote }} => \"3\"",
        "{{ .none | Quote }} => \"null\"",
        "{{ .code | Quote }} => \"\\\"quoted\\\" \\\\ text\"",
        "{{ if .yes }}1{{ else }}2{{ end }} => 1",
        "{{ if .no }}1{{ else if .empty }}2{{ else if .name }}3{{ else }}4{{ end }} => 3",
        // A number of a document is a json.Number, a text, and so true.
        "{{ if .zero }}1{{ else }}2{{ end }} => 1",
        "{{ if 0 }}1{{ else }}2{{ end }} => 2",
        "{{ if not .nothing }}1{{ end }} => 1",
        "{{ with .deep.er }}{{ .x }}{{ end }} => found",
        "{{ with .absent }}{{ . }}{{ else }}no{{ end }} => no",
        "{{ with .absent }}1{{ else with .name }}{{ . }}{{ end }} => web",
        "{{ range .list }}<{{ . }}>{{ end }} => <a><b><c>",
        "{{ range $i, $x := .list }}{{ $i }}{{ $x }}{{ end }} => 0a1b2c",
        "{{ range $k, $v := .map }}{{ $k }}{{ $v }}{{ end }} => x1y2",
        "{{ range .nothing }}1{{ else }}none{{ end }} => none",
        "{{ range .absent }}1{{ else }}none{{ end }} => none",
        "{{ range .list }}{{ if eq . \"b\" }}{{ break }}{{ end }}{{ . }}{{ end }} => a",
        "{{ range .list }}{{ if eq . \"b\" }}{{ continue }}{{ end }}{{ . }}{{ end }} => ac",
        "{{ range .list }}{{ $.name }}{{ end }} => webwebweb",
        "{{ $x := 1 }}{{ range .list }}{{ $x = add1 $x }}{{ end }}{{ $x }} => 4",
        "{{ $x := 1 }}{{ if .yes }}{{ $x := 2 }}{{ end }}{{ $x }} => 1",
        "{{ define \"d\" }}[{{ .a }}{{ .b }}]{{ end }}{{ template \"d\" dict \"a\" 1 \"b\" .name }}"
            + " => [1web]",
        "{{ or .empty .none \"last\" }} => last",
        "{{ and .yes .name }} => web",
        "{{ or .deep.absent.x .name | Quote }} => \"web\"",
        "{{ eq .name \"x\" \"web\" }} => true",
        "{{ eq .absent \"x\" }} => false",
        "{{ ne (printf \"%v\" .three) \"0\" }} => true",
        "{{ printf \"%s-%d %q%%\" .name .three .name }} => web-3 \"web\"%",
        "{{ gt .three 2 }} => true",
        "{{ len .list }} => 3",
        "{{ index .list 1 }} => b",
        "{{ ( index .list 1 ) }} => b",
        "{{ (index .map \"x\") }} => 1",
        "{{ index (or .absent dict) \"x\" }} => <no value>",
        "{{ add 1 .three 2 }} => 6",
        "{{ add1 .absent }} => 1",
        "{{ mod 7 .three }} => 1",
        "{{ default \"d\" .empty }} => d",
        "{{ .empty | default \"d\" }} => d",
        "{{ ternary \"a\" \"b\" .no }} => b",
        "{{ .name | upper | trimPrefix \"W\" }} => EB",
        "{{ hasPrefix \"w\" .name }} => true",
        "{{ replace \"e\" \"o\" .name }} => wob",
        "{{ YAML .map }} => {\"y\":2,\"x\":1}",
        "{{ Now }} => 2026-01-01T00:00:05.250Z",
        "{{ StartTime }} => 2026-01-01T00:00:00Z",
        "{{ NodeIPWith \"node-1\" }} {{ NodeIP }} {{ NodeName }} => 172.16.0.1 172.16.0.1 node-1",
        "{{ PodIPWith .a .b .c .d .e | Quote }} => \"10.0.0.2\"",
        "{{ range NodeConditions }}{{ .type }} {{ end }} => Ready MemoryPressure DiskPressure"
            + " PIDPressure NetworkUnavailable",
        "{{ with NodePort }}port{{ end }}- => -",
      })
  void says(String template, String expected) {
    assertThat(render(template).strip()).isEqualTo(expected);
  }

  @Test
  void aValueOverLinesIsIndented() {
    assertThat(render("list:\n{{ YAML .list 1 }}\nx: 1"))
        .isEqualTo("list:\n\n  [\"a\",\"b\",\"c\"]\nx: 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        "{{ randInt 1 2 }} => the template function \"randInt\" is not supported",
        "{{ Qoute 1 }} => the template function \"Qoute\" is not supported; did you mean"
            + " \"quote\"?",
        "{{ block \"a\" . }}{{ end }} => \"block\" is not supported; use define and template",
        "{{ if .a }} => an {{end}} is missing",
        "{{ end }} => {{end}} without a beginning",
        "{{ .a => an action does not end with }}",
        "{{ $x }} => there is no variable $x",
        "{{ break }} => {{break}} outside of a range",
        "{{ \"a }} => a text in quotes does not end",
        "{{ (or .a }} => a ) is missing",
        "{{ range .a }}{{ $x := 1 }}{{ end }}{{ $x }} => there is no variable $x",
      })
  void refusesWhatItDoesNotKnow(String template, String message) {
    assertThatThrownBy(() -> GoTemplate.parse("first\n" + template))
        .isInstanceOfSatisfying(
            TemplateException.class, problem -> assertThat(problem.line()).isEqualTo(2))
        .hasMessageStartingWith(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        "{{ index .absent 0 }} => index: index of what is not there",
        "{{ index .list 3 }} => index: index 3 of a list of 3",
        "{{ .name.first }} => there is no field first in web",
        "{{ range .name }}{{ end }} => cannot range over web",
        "{{ template \"t\" . }} => there is no template \"t\"",
        "{{ div 1 0 }} => div: divides by 0",
        "{{ eq 1 }} => eq: wants 2 arguments, has 1",
        "{{ .name 1 }} => only functions take arguments",
        "{{ define \"t\" }}{{ template \"t\" . }}{{ end }}{{ template \"t\" . }} => the template"
            + " \"t\" calls itself without an end",
      })
  void tellsWhereItCannotBeRun(String template, String message) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(TemplateException.class)
        .hasMessage(message);
  }
}
