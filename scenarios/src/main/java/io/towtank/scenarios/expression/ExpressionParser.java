package io.towtank.scenarios.expression;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Durations;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.ObjectKey;
import io.towtank.api.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads expectations and conditions.
 *
 * <pre>
 * expectation = condition [ "at" time | "by" time | "from" time [ "to" time ] | "always" ]
 * condition   = comparison { ("and" | "or") comparison }        "and" binds tighter
 * comparison  = sum ("==" | "!=" | "&lt;" | "&lt;=" | ">" | ">=") sum
 * sum         = product { ("+" | "-") product }
 * product     = operand { ("*" | "/") operand }
 * operand     = number | duration | percentage | size | 'text' | "true" | "false"
 *             | metric | "(" sum ")"
 *             | ("max" | "min" | "mean" | "changes" | "turns") "(" sum [ "," from [ "," to ] ] ")"
 *             | "count" "(" kind [ "," selector ] ")"
 *             | "get" "(" kind "/" [ namespace "/" ] name "," path ")"
 * </pre>
 *
 * <p>Names hold dots, slashes and dashes ({@code utilization.nvidia.com/gpu.share}), so operators
 * stand between blanks.
 */
public final class ExpressionParser {
  private static final ImmutableMap<String, Long> SIZES =
      ImmutableMap.of("Ki", 1L << 10, "Mi", 1L << 20, "Gi", 1L << 30, "Ti", 1L << 40);
  private static final ImmutableMap<String, Expression.AggregateFunction> AGGREGATES =
      ImmutableMap.of(
          "max", Expression.AggregateFunction.MAX,
          "min", Expression.AggregateFunction.MIN,
          "mean", Expression.AggregateFunction.MEAN,
          "changes", Expression.AggregateFunction.CHANGES,
          "turns", Expression.AggregateFunction.TURNS);
  private static final String OPERATOR_CHARACTERS = "=!<>+-*/";

  private final String text;
  private int position;

  private ExpressionParser(String text) {
    this.text = text;
  }

  /**
   * Reads an expectation.
   *
   * @throws IllegalArgumentException where the text is none; the message shows where
   */
  public static Expectation expectation(String text) {
    ExpressionParser parser = new ExpressionParser(text);
    Condition condition = parser.condition();
    Expectation.Timing timing = parser.timing();
    parser.end();
    if (!(timing instanceof Expectation.Timing.AtEnd)) {
      requireLive(condition, text);
    }
    return new Expectation(text.strip(), condition, timing);
  }

  /**
   * Reads a condition that is looked at while a run goes on.
   *
   * @throws IllegalArgumentException where the text is none; the message shows where
   */
  public static Condition liveCondition(String text) {
    ExpressionParser parser = new ExpressionParser(text);
    Condition condition = parser.condition();
    parser.end();
    requireLive(condition, text);
    return condition;
  }

  private static void requireLive(Condition condition, String text) {
    for (Expression expression : Expressions.in(condition)) {
      String late = knownOnlyAtTheEnd(expression);
      if (late != null) {
        throw new IllegalArgumentException(
            "\"" + text.strip() + "\": " + late + " is known only when the run has ended");
      }
    }
  }

  private static @Nullable String knownOnlyAtTheEnd(Expression expression) {
    return switch (expression) {
      case Expression.Metric(String name) -> MetricNames.isLive(name) ? null : name;
      case Expression.Aggregate aggregate ->
          aggregate.function().name().toLowerCase(Locale.ROOT) + "(…)";
      case Expression.Literal literal -> null;
      case Expression.Count count -> null;
      case Expression.Field field -> null;
      case Expression.Calculation calculation -> null;
    };
  }

  private Condition condition() {
    Condition left = conjunction();
    while (word("or")) {
      left = new Condition.Combination(left, false, conjunction());
    }
    return left;
  }

  private Condition conjunction() {
    Condition left = comparison();
    while (word("and")) {
      left = new Condition.Combination(left, true, comparison());
    }
    return left;
  }

  private Condition comparison() {
    Expression left = sum();
    String token = operatorToken();
    for (Condition.Operator operator : Condition.Operator.values()) {
      if (operator.toString().equals(token)) {
        position += token.length();
        return new Condition.Comparison(left, operator, sum());
      }
    }
    throw problem(
        token.equals("=")
            ? "a comparison is written with two signs: =="
            : "here a comparison is missing: ==, !=, <, <=, > or >=");
  }

  private Expectation.Timing timing() {
    if (word("at")) {
      return new Expectation.Timing.At(time());
    }
    if (word("by")) {
      return new Expectation.Timing.By(time());
    }
    if (word("always")) {
      return new Expectation.Timing.Throughout(0, Long.MAX_VALUE);
    }
    if (word("from")) {
      long from = time();
      return new Expectation.Timing.Throughout(from, word("to") ? time() : Long.MAX_VALUE);
    }
    return new Expectation.Timing.AtEnd();
  }

  private void end() {
    skipBlanks();
    if (position < text.length()) {
      throw problem("here the expression should have ended");
    }
  }

  private Expression sum() {
    Expression left = product();
    while (true) {
      String token = operatorToken();
      if (!token.equals("+") && !token.equals("-")) {
        return left;
      }
      position++;
      left = new Expression.Calculation(left, token.charAt(0), product());
    }
  }

  private Expression product() {
    Expression left = operand();
    while (true) {
      String token = operatorToken();
      if (!token.equals("*") && !token.equals("/")) {
        return left;
      }
      position++;
      left = new Expression.Calculation(left, token.charAt(0), operand());
    }
  }

  private Expression operand() {
    skipBlanks();
    if (position == text.length()) {
      throw problem("here something is missing");
    }
    char c = text.charAt(position);
    if (c == '(') {
      position++;
      Expression inner = sum();
      expect(')');
      return inner;
    }
    if (c == '\'' || c == '"') {
      return new Expression.Literal(new Value.Text(quoted()));
    }
    if (Character.isDigit(c) || c == '.') {
      return new Expression.Literal(new Value.Num(number()));
    }
    if (!Character.isLetter(c)) {
      throw problem("here a number, a metric or a function is missing");
    }
    int start = position;
    String name = name();
    if (name.equals("true") || name.equals("false")) {
      return new Expression.Literal(new Value.Text(name));
    }
    skipBlanks();
    if (position < text.length() && text.charAt(position) == '(') {
      position++;
      return function(name, start);
    }
    return metric(name, start);
  }

  private Expression metric(String name, int start) {
    String problem = MetricNames.problem(name);
    if (problem != null) {
      position = start;
      throw problem(problem);
    }
    return new Expression.Metric(name);
  }

  private Expression function(String name, int start) {
    Expression.AggregateFunction aggregate = AGGREGATES.get(name);
    if (aggregate != null) {
      return aggregate(aggregate, start);
    }
    List<String> arguments = arguments();
    return switch (name) {
      case "count" -> {
        if (arguments.isEmpty() || arguments.size() > 2) {
          position = start;
          throw problem("count takes a kind and perhaps a selector: count(pods, 'app=web')");
        }
        String selector = arguments.size() == 1 ? "" : arguments.get(1);
        yield new Expression.Count(kind(arguments.get(0), start), selector, selector(selector));
      }
      case "get" -> {
        if (arguments.size() != 2) {
          position = start;
          throw problem("get takes an object and a path: get(deployment/web, spec.replicas)");
        }
        yield field(arguments.get(0), arguments.get(1), start);
      }
      default -> {
        position = start;
        throw problem(
            "there is no function "
                + name
                + ": there are max, min, mean, changes, turns, count and get");
      }
    };
  }

  private Expression aggregate(Expression.AggregateFunction function, int start) {
    Expression of = sum();
    for (Expression part : Expressions.in(of)) {
      String late = knownOnlyAtTheEnd(part);
      if (late != null) {
        position = start;
        throw problem(late + " is known only when the run has ended and has no history");
      }
    }
    long from = 0;
    long to = Long.MAX_VALUE;
    if (separator()) {
      from = time();
      if (separator()) {
        to = time();
      }
    }
    expect(')');
    return new Expression.Aggregate(function, of, from, to);
  }

  private Selector selector(String selector) {
    try {
      return Selector.parse(selector);
    } catch (IllegalArgumentException e) {
      throw problem(String.valueOf(e.getMessage()));
    }
  }

  private Kind<?> kind(String name, int start) {
    Kind<?> kind = Kinds.byResource(name);
    if (kind == null) {
      position = start;
      throw problem("there is no kind \"" + name + "\"");
    }
    return kind;
  }

  private Expression field(String target, String path, int start) {
    String[] parts = target.split("/", -1);
    if (parts.length < 2 || parts.length > 3) {
      position = start;
      throw problem("\"" + target + "\" names no object: write kind/name or kind/namespace/name");
    }
    Kind<?> kind = kind(parts[0], start);
    if (parts.length == 3 && !kind.namespaced()) {
      position = start;
      throw problem(kind.name() + " has no namespace: write " + parts[0] + "/" + parts[2]);
    }
    String namespace = !kind.namespaced() ? null : parts.length == 3 ? parts[1] : "default";
    return new Expression.Field(
        kind, new ObjectKey(namespace, parts[parts.length - 1]), FieldPath.parse(path));
  }

  /** The arguments of a function up to its closing parenthesis, quoted or as they stand. */
  private List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    while (true) {
      skipBlanks();
      if (position < text.length()
          && (text.charAt(position) == '\'' || text.charAt(position) == '"')) {
        arguments.add(quoted());
      } else {
        int start = position;
        while (position < text.length() && ",)".indexOf(text.charAt(position)) < 0) {
          position++;
        }
        arguments.add(text.substring(start, position).strip());
      }
      if (!separator()) {
        expect(')');
        return arguments;
      }
    }
  }

  private boolean separator() {
    skipBlanks();
    if (position < text.length() && text.charAt(position) == ',') {
      position++;
      return true;
    }
    return false;
  }

  private void expect(char c) {
    skipBlanks();
    if (position == text.length() || text.charAt(position) != c) {
      throw problem("here a '" + c + "' is missing");
    }
    position++;
  }

  private String quoted() {
    char quote = text.charAt(position);
    int end = text.indexOf(quote, position + 1);
    if (end < 0) {
      throw problem("here a text begins that does not end");
    }
    String inner = text.substring(position + 1, end);
    position = end + 1;
    return inner;
  }

  private long time() {
    skipBlanks();
    int start = position;
    String token = numberToken();
    try {
      return Durations.parse(token);
    } catch (IllegalArgumentException e) {
      position = start;
      throw problem(String.valueOf(e.getMessage()));
    }
  }

  private double number() {
    int start = position;
    String token = numberToken();
    try {
      if (token.endsWith("%")) {
        return Double.parseDouble(token.substring(0, token.length() - 1)) / 100;
      }
      for (Map.Entry<String, Long> size : SIZES.entrySet()) {
        if (token.endsWith(size.getKey())) {
          return Double.parseDouble(token.substring(0, token.length() - 2)) * size.getValue();
        }
      }
      char last = token.charAt(token.length() - 1);
      return Character.isLetter(last)
          ? Durations.seconds(Durations.parse(token))
          : Double.parseDouble(token);
    } catch (IllegalArgumentException e) {
      position = start;
      throw problem(
          "\""
              + token
              + "\" is no number: there are 12, 0.5, 60%, 1h30m (seconds) and 2Gi (bytes)");
    }
  }

  private String numberToken() {
    int start = position;
    while (position < text.length()
        && (Character.isLetterOrDigit(text.charAt(position))
            || text.charAt(position) == '.'
            || text.charAt(position) == '%')) {
      position++;
    }
    return text.substring(start, position);
  }

  private String name() {
    int start = position;
    while (position < text.length()
        && (Character.isLetterOrDigit(text.charAt(position))
            || "._-/".indexOf(text.charAt(position)) >= 0)) {
      position++;
    }
    return text.substring(start, position);
  }

  /** The operator that comes next, which is not taken; empty where none does. */
  private String operatorToken() {
    skipBlanks();
    int end = position;
    while (end < text.length() && OPERATOR_CHARACTERS.indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    return text.substring(position, end);
  }

  private boolean word(String word) {
    skipBlanks();
    int end = position + word.length();
    if (text.startsWith(word, position)
        && (end == text.length() || Character.isWhitespace(text.charAt(end)))) {
      position = end;
      return true;
    }
    return false;
  }

  private void skipBlanks() {
    while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
      position++;
    }
  }

  private IllegalArgumentException problem(String what) {
    String before = text.substring(0, position).strip();
    String where =
        before.isEmpty()
            ? "at its start"
            : "after \"" + before.substring(Math.max(0, before.length() - 40)) + "\"";
    return new IllegalArgumentException("\"" + text.strip() + "\", " + where + ": " + what);
  }
}
