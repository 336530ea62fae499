package io.towtank.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A query over a document in the part of jq's language that stages use: paths ({@code .a.b}, {@code
 * .a["b"]}, {@code .a.[0]}, {@code .a[]}), {@code |}, {@code //}, {@code ?}, comparisons, {@code
 * and} and {@code or}, texts, numbers, and the functions {@code select}, {@code not}, {@code
 * length}, {@code has}, {@code any}, {@code all}, {@code map}, {@code first}, {@code last}, {@code
 * empty}, {@code startswith}, {@code endswith}, {@code tostring}, {@code tonumber}.
 */
final class JqQuery {
  /** What a part of a query makes of a value: none, one or many. */
  @FunctionalInterface
  private interface Filter {
    void run(JsonNode input, Consumer<JsonNode> output);
  }

  /** A query cannot be run on a value; it then has no result at all. */
  private static final class Inapplicable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Inapplicable(String message) {
      super(message, null, false, false);
    }
  }

  private final Filter filter;

  private JqQuery(Filter filter) {
    this.filter = filter;
  }

  /**
   * Reads a query.
   *
   * @throws IllegalArgumentException where it is none, or uses what is not supported
   */
  static JqQuery parse(String text) {
    return new JqQuery(new Parser(text).query());
  }

  /** The results but for nulls; null where the query cannot be run on the document. */
  @Nullable ImmutableList<JsonNode> run(JsonNode document) {
    ImmutableList.Builder<JsonNode> results = ImmutableList.builder();
    try {
      filter.run(
          document,
          result -> {
            if (!result.isNull()) {
              results.add(result);
            }
          });
    } catch (Inapplicable e) {
      return null;
    }
    return results.build();
  }

  /** The first result; null where there is none. */
  @Nullable JsonNode first(JsonNode document) {
    ImmutableList<JsonNode> results = run(document);
    return results == null || results.isEmpty() ? null : results.get(0);
  }

  private static boolean isTrue(JsonNode value) {
    return !value.isNull() && !(value.isBoolean() && !value.booleanValue());
  }

  private static List<JsonNode> all(Filter filter, JsonNode input) {
    List<JsonNode> results = new ArrayList<>();
    filter.run(input, results::add);
    return results;
  }

  private static JsonNode field(JsonNode input, String name) {
    if (input.isNull()) {
      return input;
    }
    if (!input.isObject()) {
      throw new Inapplicable("no object");
    }
    JsonNode value = input.get(name);
    return value == null ? NullNode.instance : value;
  }

  private static JsonNode at(JsonNode input, JsonNode index) {
    if (index.isTextual()) {
      return field(input, index.textValue());
    }
    if (input.isNull()) {
      return input;
    }
    if (!input.isArray() || !index.isNumber()) {
      throw new Inapplicable("no list");
    }
    int at = index.intValue() < 0 ? input.size() + index.intValue() : index.intValue();
    JsonNode value = input.get(at);
    return value == null ? NullNode.instance : value;
  }

  private static void each(JsonNode input, Consumer<JsonNode> output) {
    if (!input.isContainerNode()) {
      throw new Inapplicable("cannot iterate over a value");
    }
    input.forEach(output);
  }

  /** jq's order: null, false, true, numbers, texts; others are equal or not. */
  private static int compare(JsonNode a, JsonNode b) {
    int rank = Integer.compare(rank(a), rank(b));
    if (rank != 0) {
      return rank;
    }
    if (a.isNumber()) {
      return Double.compare(a.doubleValue(), b.doubleValue());
    }
    return a.isTextual() ? a.textValue().compareTo(b.textValue()) : a.equals(b) ? 0 : 1;
  }

  private static int rank(JsonNode value) {
    return switch (value.getNodeType()) {
      case NULL, MISSING -> 0;
      case BOOLEAN -> value.booleanValue() ? 2 : 1;
      case NUMBER -> 3;
      case STRING -> 4;
      case ARRAY -> 5;
      default -> 6;
    };
  }

  private static JsonNode length(JsonNode value) {
    if (value.isBoolean()) {
      throw new Inapplicable("a boolean has no length");
    }
    return value.isNull()
        ? IntNode.valueOf(0)
        : value.isTextual()
            ? IntNode.valueOf(value.textValue().codePointCount(0, value.textValue().length()))
            : value.isNumber()
                ? DoubleNode.valueOf(Math.abs(value.doubleValue()))
                : IntNode.valueOf(value.size());
  }

  /** From the weakest operator down to single terms. */
  private static final class Parser {
    private final String text;
    private int at;

    Parser(String text) {
      this.text = text;
    }

    Filter query() {
      Filter whole = pipe();
      skip();
      if (at < text.length()) {
        throw unsupported();
      }
      return whole;
    }

    private Filter pipe() {
      Filter left = alternative();
      while (takes("|")) {
        Filter before = left;
        Filter after = alternative();
        left = (input, output) -> before.run(input, middle -> after.run(middle, output));
      }
      return left;
    }

    private Filter alternative() {
      Filter left = or();
      if (!takes("//")) {
        return left;
      }
      Filter otherwise = alternative();
      return (input, output) -> {
        List<JsonNode> found = new ArrayList<>();
        try {
          left.run(
              input,
              value -> {
                if (isTrue(value)) {
                  found.add(value);
                }
              });
        } catch (Inapplicable e) {
          // What was found until then counts.
        }
        if (found.isEmpty()) {
          otherwise.run(input, output);
        } else {
          found.forEach(output);
        }
      };
    }

    private Filter or() {
      Filter left = and();
      while (takesWord("or")) {
        left = both(left, and(), false);
      }
      return left;
    }

    private Filter and() {
      Filter left = comparison();
      while (takesWord("and")) {
        left = both(left, comparison(), true);
      }
      return left;
    }

    private static Filter both(Filter left, Filter right, boolean needed) {
      return (input, output) ->
          left.run(
              input,
              first -> {
                if (isTrue(first) != needed) {
                  output.accept(BooleanNode.valueOf(!needed));
                } else {
                  right.run(input, second -> output.accept(BooleanNode.valueOf(isTrue(second))));
                }
              });
    }

    private Filter comparison() {
      Filter left = postfix();
      for (String operator : new String[] {"==", "!=", "<=", ">=", "<", ">"}) {
        if (takes(operator)) {
          Filter right = postfix();
          return (input, output) ->
              right.run(
                  input,
                  b ->
                      left.run(
                          input,
                          a -> output.accept(BooleanNode.valueOf(holds(operator, compare(a, b))))));
        }
      }
      return left;
    }

    private static boolean holds(String operator, int order) {
      return switch (operator) {
        case "==" -> order == 0;
        case "!=" -> order != 0;
        case "<=" -> order <= 0;
        case ">=" -> order >= 0;
        case "<" -> order < 0;
        default -> order > 0;
      };
    }

    private Filter postfix() {
      Filter filter = term();
      while (at < text.length()) {
        if (text.charAt(at) == '[') {
          filter = then(filter, brackets());
        } else if (text.charAt(at) == '?') {
          at++;
          Filter strict = filter;
          filter =
              (input, output) -> {
                List<JsonNode> found = new ArrayList<>();
                try {
                  strict.run(input, found::add);
                } catch (Inapplicable e) {
                  // That is what the question mark is for.
                }
                found.forEach(output);
              };
        } else if (text.charAt(at) == '.' && at + 1 < text.length()) {
          at++;
          filter = then(filter, text.charAt(at) == '[' ? brackets() : name());
        } else {
          break;
        }
      }
      return filter;
    }

    private static Filter then(Filter left, Filter right) {
      return (input, output) -> left.run(input, middle -> right.run(middle, output));
    }

    /** {@code []}, {@code [0]}, {@code ["name"]}. */
    private Filter brackets() {
      at++;
      skip();
      if (takes("]")) {
        return JqQuery::each;
      }
      Filter index = pipe();
      expect("]");
      return (input, output) -> index.run(input, i -> output.accept(at(input, i)));
    }

    private Filter name() {
      String name = text.charAt(at) == '"' ? string() : word();
      if (name.isEmpty()) {
        throw unsupported();
      }
      return (input, output) -> output.accept(field(input, name));
    }

    private Filter term() {
      skip();
      if (at >= text.length()) {
        throw new IllegalArgumentException("\"" + text + "\" ends where a value should be");
      }
      char c = text.charAt(at);
      if (c == '.') {
        at++;
        boolean more = at < text.length();
        if (more && text.charAt(at) == '[') {
          return brackets();
        }
        if (more && (text.charAt(at) == '"' || isWord(text.charAt(at)))) {
          return name();
        }
        return (input, output) -> output.accept(input);
      }
      if (c == '(') {
        at++;
        Filter inner = pipe();
        expect(")");
        return inner;
      }
      if (c == '"') {
        JsonNode literal = TextNode.valueOf(string());
        return (input, output) -> output.accept(literal);
      }
      if (c == '-' || Character.isDigit(c)) {
        return number();
      }
      String word = word();
      return word.isEmpty() ? fail() : function(word);
    }

    private Filter fail() {
      throw unsupported();
    }

    private Filter number() {
      int from = at++;
      while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
        at++;
      }
      try {
        JsonNode literal = DoubleNode.valueOf(Double.parseDouble(text.substring(from, at)));
        return (input, output) -> output.accept(literal);
      } catch (NumberFormatException e) {
        at = from;
        throw unsupported();
      }
    }

    private Filter function(String name) {
      Filter argument = null;
      if (takes("(")) {
        argument = pipe();
        expect(")");
      }
      Filter made = argument == null ? plain(name) : applied(name, argument);
      if (made == null) {
        throw new IllegalArgumentException(
            "jq's \"" + name + "\" in \"" + text + "\" is not supported");
      }
      return made;
    }

    private static @Nullable Filter plain(String name) {
      return switch (name) {
        case "null" -> (input, output) -> output.accept(NullNode.instance);
        case "true" -> (input, output) -> output.accept(BooleanNode.TRUE);
        case "false" -> (input, output) -> output.accept(BooleanNode.FALSE);
        case "empty" -> (input, output) -> {};
        case "not" -> (input, output) -> output.accept(BooleanNode.valueOf(!isTrue(input)));
        case "length" -> (input, output) -> output.accept(length(input));
        case "first" -> (input, output) -> output.accept(at(input, IntNode.valueOf(0)));
        case "last" -> (input, output) -> output.accept(at(input, IntNode.valueOf(-1)));
        case "any" ->
            (input, output) ->
                output.accept(BooleanNode.valueOf(matches(JqQuery::each, input, true)));
        case "all" ->
            (input, output) ->
                output.accept(BooleanNode.valueOf(!matches(JqQuery::each, input, false)));
        case "tostring" ->
            (input, output) ->
                output.accept(input.isTextual() ? input : TextNode.valueOf(input.toString()));
        case "tonumber" -> (input, output) -> output.accept(number(input));
        default -> null;
      };
    }

    private static @Nullable Filter applied(String name, Filter argument) {
      return switch (name) {
        case "select" ->
            (input, output) -> {
              for (JsonNode chosen : all(argument, input)) {
                if (isTrue(chosen)) {
                  output.accept(input);
                }
              }
            };
        case "map" ->
            (input, output) -> {
              ArrayNode list = JsonNodeFactory.instance.arrayNode();
              each(input, item -> argument.run(item, list::add));
              output.accept(list);
            };
        case "any" ->
            (input, output) ->
                output.accept(
                    BooleanNode.valueOf(matches(then(JqQuery::each, argument), input, true)));
        case "all" ->
            (input, output) ->
                output.accept(
                    BooleanNode.valueOf(!matches(then(JqQuery::each, argument), input, false)));
        case "first" -> (input, output) -> all(argument, input).stream().limit(1).forEach(output);
        case "has" ->
            (input, output) ->
                argument.run(
                    input,
                    key -> {
                      if (!input.isContainerNode()) {
                        throw new Inapplicable("a value has no keys");
                      }
                      output.accept(
                          BooleanNode.valueOf(
                              key.isTextual()
                                  ? input.has(key.textValue())
                                  : input.has(key.intValue())));
                    });
        case "startswith" ->
            (input, output) ->
                argument.run(
                    input,
                    part -> output.accept(BooleanNode.valueOf(text(input).startsWith(text(part)))));
        case "endswith" ->
            (input, output) ->
                argument.run(
                    input,
                    part -> output.accept(BooleanNode.valueOf(text(input).endsWith(text(part)))));
        default -> null;
      };
    }

    private static boolean matches(Filter filter, JsonNode input, boolean wanted) {
      return all(filter, input).stream().anyMatch(value -> isTrue(value) == wanted);
    }

    private static String text(JsonNode value) {
      if (!value.isTextual()) {
        throw new Inapplicable("no text");
      }
      return value.textValue();
    }

    private static JsonNode number(JsonNode value) {
      try {
        return value.isNumber() ? value : DoubleNode.valueOf(Double.parseDouble(text(value)));
      } catch (NumberFormatException e) {
        throw new Inapplicable("no number");
      }
    }

    // Characters.

    private void skip() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private boolean takes(String token) {
      skip();
      if (!text.startsWith(token, at)) {
        return false;
      }
      if (token.equals("|") && text.startsWith("|=", at)) {
        throw unsupported();
      }
      at += token.length();
      return true;
    }

    private boolean takesWord(String word) {
      skip();
      int end = at + word.length();
      if (!text.startsWith(word, at) || (end < text.length() && isWord(text.charAt(end)))) {
        return false;
      }
      at = end;
      return true;
    }

    private void expect(String token) {
      if (!takes(token)) {
        throw unsupported();
      }
    }

    private static boolean isWord(char c) {
      return Character.isLetterOrDigit(c) || c == '_';
    }

    private String word() {
      int from = at;
      while (at < text.length() && isWord(text.charAt(at))) {
        at++;
      }
      return text.substring(from, at);
    }

    private String string() {
      StringBuilder string = new StringBuilder();
      at++;
      while (at < text.length() && text.charAt(at) != '"') {
        char c = text.charAt(at++);
        string.append(c == '\\' ? escaped() : c);
      }
      if (at >= text.length()) {
        throw new IllegalArgumentException("\"" + text + "\" has a text that does not end");
      }
      at++;
      return string.toString();
    }

    private char escaped() {
      char escaped = at < text.length() ? text.charAt(at++) : ' ';
      return switch (escaped) {
        case '"', '\\', '/' -> escaped;
        case 'n' -> '\n';
        case 't' -> '\t';
        default -> throw unsupported();
      };
    }

    private IllegalArgumentException unsupported() {
      String rest = at < text.length() ? text.substring(at) : "";
      return new IllegalArgumentException(
          rest.isEmpty()
              ? "\"" + text + "\" ends too soon"
              : "\"" + rest + "\" in the query \"" + text + "\" is not supported");
    }
  }
}
