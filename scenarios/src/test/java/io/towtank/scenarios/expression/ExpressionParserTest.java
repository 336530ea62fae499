package io.towtank.scenarios.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.towtank.scenarios.expression.Expectation.Timing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionParserTest {
  /** Metrics by made-up rules; aggregates tell their arguments. */
  private static final Readings READINGS =
      new Readings() {
        @Override
        public Value metric(String name) {
          return switch (name) {
            case "pods.running" -> new Value.Num(10);
            case "pods.pending" -> new Value.Num(0);
            case "startup.p99" -> new Value.Num(4.5);
            case "utilization.nvidia.com/gpu.share" -> new Value.Num(0.62);
            default -> new Value.Missing("not measured");
          };
        }

        @Override
        public Value aggregate(Expression.Aggregate aggregate) {
          return new Value.Num(
              switch (aggregate.function()) {
                case MAX -> aggregate.toNanos() == Long.MAX_VALUE ? 100 : 50;
                case MIN -> 1;
                case MEAN -> 12.5;
                case CHANGES -> 4;
                case TURNS -> 2;
              });
        }

        @Override
        public Value count(Expression.Count count) {
          return new Value.Num(count.selectorText().isEmpty() ? 7 : 3);
        }

        @Override
        public Value field(Expression.Field field) {
          return field.key().name().equals("web")
              ? new Value.Text(field.key() + ":" + field.path())
              : new Value.Missing("there is no such object");
        }
      };

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "pods.running == 10 | true",
        "pods.running != 10 | false",
        "pods.running >= 10 | true",
        "pods.running > 10 | false",
        "pods.running < 11 | true",
        "pods.running<=9 | false",
        "startup.p99 <= 4500ms | true",
        "startup.p99 > 5s | false",
        "utilization.nvidia.com/gpu.share > 60% | true",
        "utilization.nvidia.com/gpu.share > 0.63 | false",
        "max(pods.pending) == 100 | true",
        "max(pods.pending, 5m, 10m) == 50 | true",
        "max( pods.pending , 5m ) == 100 | true",
        "min(nodeStates.ready) >= 1 | true",
        "mean(pods.running) == 12.5 | true",
        "changes(pods.running) == 4 | true",
        "turns(pods.running, 10m) == 2 | true",
        "min(get(deployment/web, status.availableReplicas), 5m) == 1 | true",
        "max(count(pods, app=web) + 1) == 100 | true",
        "get(deployment/web, spec.paused) != true | true",
        "pods.running - pods.pending == 10 | true",
        "pods.running / 4 == 2.5 | true",
        "1 + 2 * 3 == 7 | true",
        "(1 + 2) * 3 == 9 | true",
        "10 - 2 - 3 == 5 | true",
        "2Ki == 2048 | true",
        "1d == 86400 | true",
        "count(pods) == 7 | true",
        "count(pods, app=web) == 3 | true",
        "count(po, 'app in (web, db)') == 3 | true",
        "get(deployment/web, spec.replicas) == 'default/web:spec.replicas' | true",
        "get(deploy/shop/web, a.b[0].c) == \"shop/web:a.b[0].c\" | true",
        "get(node/web, metadata.labels['a.b/c']) != 'x' | true",
        "get(deployment/gone, spec.replicas) == 3 | false",
        "get(deployment/gone, spec.replicas) != 3 | true",
        "get(deployment/gone, spec.replicas) < 3 | false",
        "pods.running == 10 and pods.pending == 1 | false",
        "pods.running == 10 or pods.pending == 1 | true",
        "pods.running == 10 or pods.pending == 1 and pods.pending == 2 | true",
      })
  void evaluates(String text, boolean holds) {
    assertThat(ExpressionParser.expectation(text).condition().holds(READINGS)).isEqualTo(holds);
  }

  @Test
  void readsWhenAConditionIsToHold() {
    assertThat(ExpressionParser.expectation("pods.pending == 0").timing())
        .isEqualTo(new Timing.AtEnd());
    assertThat(ExpressionParser.expectation("pods.pending == 0 at 5m").timing())
        .isEqualTo(new Timing.At(300_000_000_000L));
    assertThat(ExpressionParser.expectation("pods.pending == 0 by 1.5s").timing())
        .isEqualTo(new Timing.By(1_500_000_000L));
    assertThat(ExpressionParser.expectation("pods.pending == 0 always").timing())
        .isEqualTo(new Timing.Throughout(0, Long.MAX_VALUE));
    assertThat(ExpressionParser.expectation("pods.pending == 0 from 1s").timing())
        .isEqualTo(new Timing.Throughout(1_000_000_000L, Long.MAX_VALUE));
    assertThat(ExpressionParser.expectation("pods.pending == 0 from 1s to 2s").timing())
        .isEqualTo(new Timing.Throughout(1_000_000_000L, 2_000_000_000L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "recommendations.shop.app.target == 1 | is no metric: of an autoscaler's container there"
            + " are",
        "scheduling.sampling.default-scheduler.loss == 1 | is no metric: of a profile there are"
            + " decisions, notCompared,",
        "scheduling.sampling.loss.p99 == 1 | as in scheduling.sampling.default-scheduler.loss.p99",
        "horizontalScaling.shop.turn == 1 | is no metric: of an autoscaler there are scaledUp,",
        "pods.runing == 1 | there is no metric \"pods.runing\"; did you mean \"pods.running\"?",
        "pods.running = 1 | a comparison is written with two signs",
        "pods.running | a comparison is missing",
        "pods.running == | after \"pods.running ==\": here something is missing",
        "pods.running == 5 by | no duration",
        "pods.running == 5 by noon | \"noon\" is no duration",
        "pods.running == 5 every 5m | should have ended",
        "pods.running == 5x | no number",
        "top(pods.running) == 5 | there is no function top",
        "max(startup.p99) == 5 | startup.p99 is known only when the run has ended",
        "startup.p99 < 5s by 5m | startup.p99 is known only when the run has ended",
        "max(pods.pending) < 5 at 5m | max(…) is known only when the run has ended",
        "count(podz) == 5 | there is no kind \"podz\"",
        "count(pods, app==) == 5 x | should have ended",
        "get(deployment) == 5 | get takes an object and a path",
        "get(web, spec) == 5 | names no object",
        "get(node/a/b, spec) == 5 | Node has no namespace",
        "get(deployment/web, spec..x) == 5 | no path of a field",
        "utilization.cpu.average > 1 | of a resource there are requested",
        "controllers.x > 1 | controllers.<controller>.<counter>",
        "(pods.running == 1 | a ')' is missing",
        "'text == 5 | begins that does not end",
        "== 5 | at its start",
      })
  void tellsWhatIsWrongAndWhere(String text, String message) {
    assertThatThrownBy(() -> ExpressionParser.expectation(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void conditionsOfARunKnowOnlyWhatIsKnownWhileItGoesOn() {
    assertThatThrownBy(() -> ExpressionParser.liveCondition("startup.p99 < 5s"))
        .hasMessageContaining("known only when the run has ended");
    assertThat(ExpressionParser.liveCondition("pods.pending == 0").holds(READINGS)).isTrue();
  }

  @Test
  void tellsWhatWasThereInstead() {
    assertThat(ExpressionParser.expectation("pods.running == 11").condition().actual(READINGS))
        .isEqualTo("10");
    assertThat(
            ExpressionParser.expectation("pods.running == pods.pending")
                .condition()
                .actual(READINGS))
        .isEqualTo("10 and 0");
    assertThat(
            ExpressionParser.expectation("get(deployment/gone, spec.replicas) == 1")
                .condition()
                .actual(READINGS))
        .isEqualTo("nothing (there is no such object)");
  }
}
