package io.towtank.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.manifest.Problem;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a stage asks for and cannot have is named, with its line; nothing is passed over. */
class StageReaderTest {
  private static String problems(String spec) {
    Problems problems = new Problems();
    String text =
        """
        apiVersion: kwok.x-k8s.io/v1alpha1
        kind: Stage
        metadata: {name: s, labels: {a: b}}
        spec:
        """
            + spec.indent(2);
    YamlReader.read("s.yaml", text, problems)
        .forEach(document -> StageReader.read(document, problems));
    return String.join(
        "\n", problems.list().stream().map(Problem::toString).toArray(String[]::new));
  }

  private static final String FINE =
      "resourceRef: {apiGroup: v1, kind: Pod}\nselector: {}\nsteps: []\n";

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        "selector: {} => s.yaml:4:1: spec: \"resourceRef\" is missing",
        "resourceRef: {kind: Job} => s.yaml:5:23: spec.resourceRef.kind: stages of the kind \"Job\""
            + " are not supported: only Pod and Node",
        "resourceRef: {kind: Pod} => s.yaml:5:3: spec: a stage without a selector is for no object;"
            + " write \"selector: {}\" for all objects of its kind",
        "wieght: 1 => s.yaml:8:3: spec.wieght: unknown field \"wieght\"; did you mean \"weight\"?",
        "next: {delete: true} => spec.next: \"next\" says nothing beside \"steps\"; leave one of"
            + " them out",
        "delay: {duration: 1s} => spec.delay.duration: unknown field \"duration\"; did you mean"
            + " \"durationFrom\"?",
        "delay: {durationFrom: {cel: {expression: a}}} => spec.delay.durationFrom.cel: expressions"
            + " in CEL are not supported; use jq",
        "delay: {durationFrom: {}} => spec.delay.durationFrom: says nothing: jq with an expression"
            + " is missing",
        "weightFrom: {jq: {expression: '.a | debug'}} => spec.weightFrom.jq.expression: jq's"
            + " \"debug\" in \".a | debug\" is not supported",
      })
  void namesWhatIsWrong(String line, String problem) {
    boolean alone = line.startsWith("resourceRef") || line.startsWith("selector");
    assertThat(problems(alone ? line : FINE + line)).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        "cel: {expression: a} => s.yaml:7:39: spec.selector.matchExpressions[0].cel: expressions in"
            + " CEL are not supported; use jq's key and operator",
        "key: .a, operator: Is => spec.selector.matchExpressions[0].operator: \"Is\" is no"
            + " operator; it is In, NotIn, Exists or DoesNotExist",
        "key: .a, operator: In => spec.selector.matchExpressions[0]: In needs values",
        "key: .a, operator: Exists, values: [b] => spec.selector.matchExpressions[0]: Exists has no"
            + " values",
        "key: '.a[', operator: Exists => spec.selector.matchExpressions[0].key: \".a[\" ends where"
            + " a value should be",
        "jq: {key: .a, operator: Exists, vlaues: []} =>"
            + " spec.selector.matchExpressions[0].jq.vlaues: unknown field",
      })
  void namesWhatIsWrongInASelector(String expression, String problem) {
    assertThat(
            problems(
                "resourceRef: {kind: Pod}\nsteps: []\nselector: {matchExpressions: [{"
                    + expression
                    + "}]}"))
        .contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        "apply: {template: a} => spec.steps[0].apply: \"apply\" is not supported; use patch",
        "patch: {root: status} => spec.steps[0].patch: \"template\" is missing",
        "patch: {type: apply, template: a} => spec.steps[0].patch.type: \"apply\" is not known"
            + " here",
        "patch: {subresource: scale, template: a} => spec.steps[0].patch.subresource: \"scale\" is"
            + " not known here",
        "patch: {template: a, impersonation: {username: me}} => spec.steps[0].patch.impersonation:"
            + " patching in the name of somebody is not supported",
        "patch: {template: '{{ nosuch }}'} => s.yaml:7:30: spec.steps[0].patch.template: the"
            + " template function \"nosuch\" is not supported",
        "event: {message: '{{ if }}'} => spec.steps[0].event.message: a value is missing",
        "finalizers: {add: [{}]} => spec.steps[0].finalizers.add[0]: \"value\" is missing",
        "wait: 1s => spec.steps[0].wait: unknown field \"wait\"",
      })
  void namesWhatIsWrongInAStep(String step, String problem) {
    assertThat(problems("resourceRef: {kind: Pod}\nselector: {}\nsteps: [{" + step + "}]"))
        .contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "=>",
      quoteCharacter = '~',
      value = {
        "patches: [], statusTemplate: a => spec.next.statusTemplate: \"statusTemplate\" says"
            + " nothing beside \"patches\"; leave one out",
        "statusPatchAs: {username: me} => spec.next.statusPatchAs: patching in the name of somebody"
            + " is not supported",
        "statusSubresource: scale => spec.next.statusSubresource: \"scale\" is not known here",
      })
  void namesWhatIsWrongInNext(String next, String problem) {
    assertThat(problems("resourceRef: {kind: Pod}\nselector: {}\nnext: {" + next + "}"))
        .contains(problem);
  }

  @ParameterizedTest
  @CsvSource({"'',5", "'a\n',6", "'a\n\nb\n',8"})
  void aProblemInATemplateIsToldOnItsLine(String before, int line) {
    String template = (before + "{{ nosuch }}").indent(4);
    assertThat(
            problems(
                "resourceRef: {kind: Pod}\nselector: {}\nnext:\n  statusTemplate: |\n" + template))
        .startsWith("s.yaml:" + (line + 4) + ":");
  }
}
