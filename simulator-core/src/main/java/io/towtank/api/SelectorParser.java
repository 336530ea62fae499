package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.towtank.api.LabelRequirement.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads label selectors (labels.Parse):
 *
 * <pre>
 * selector    = [ requirement { "," requirement } ]
 * requirement = [ "!" ] KEY | KEY ( "in" | "notin" ) set | KEY ( "=" | "==" | "!=" | ">" | "<" ) [ VALUE ]
 * set         = "(" [ VALUE ] { "," [ VALUE ] } ")"
 * </pre>
 *
 * The words {@code in} and {@code notin} are operators only where an operator can be.
 */
final class SelectorParser {
  private enum Token {
    IDENTIFIER,
    IN,
    NOT_IN,
    EQUALS,
    DOUBLE_EQUALS,
    NOT_EQUALS,
    GREATER_THAN,
    LESS_THAN,
    NOT,
    OPEN,
    CLOSED,
    COMMA,
    END
  }

  private record Scanned(Token token, String literal) {}

  private final List<Scanned> scanned;
  private int position;

  SelectorParser(String text) {
    this.scanned = scan(text);
  }

  private static List<Scanned> scan(String text) {
    List<Scanned> scanned = new ArrayList<>();
    int position = 0;
    while (position < text.length()) {
      char c = text.charAt(position);
      if (isBlank(c)) {
        position++;
      } else if (isSpecial(c)) {
        int end = position + 1;
        if ((c == '=' || c == '!') && end < text.length() && text.charAt(end) == '=') {
          end++;
        }
        String literal = text.substring(position, end);
        scanned.add(new Scanned(special(literal), literal));
        position = end;
      } else {
        int end = position;
        while (end < text.length() && !isBlank(text.charAt(end)) && !isSpecial(text.charAt(end))) {
          end++;
        }
        String literal = text.substring(position, end);
        Token token =
            switch (literal) {
              case "in" -> Token.IN;
              case "notin" -> Token.NOT_IN;
              default -> Token.IDENTIFIER;
            };
        scanned.add(new Scanned(token, literal));
        position = end;
      }
    }
    scanned.add(new Scanned(Token.END, ""));
    return scanned;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }

  private static boolean isSpecial(char c) {
    return "=!(),><".indexOf(c) >= 0;
  }

  private static Token special(String literal) {
    return switch (literal) {
      case "=" -> Token.EQUALS;
      case "==" -> Token.DOUBLE_EQUALS;
      case "!=" -> Token.NOT_EQUALS;
      case "!" -> Token.NOT;
      case ">" -> Token.GREATER_THAN;
      case "<" -> Token.LESS_THAN;
      case "(" -> Token.OPEN;
      case ")" -> Token.CLOSED;
      default -> Token.COMMA;
    };
  }

  List<LabelRequirement> parse() {
    List<LabelRequirement> requirements = new ArrayList<>();
    if (peek() == Token.END) {
      return requirements;
    }
    if (!startsRequirement()) {
      throw new IllegalArgumentException(
          "found '" + literal() + "', expected: !, identifier, or 'end of string'");
    }
    while (true) {
      try {
        requirements.add(requirement());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("unable to parse requirement: " + e.getMessage(), e);
      }
      if (peek() == Token.END) {
        return requirements;
      }
      if (peek() != Token.COMMA) {
        throw new IllegalArgumentException(
            "found '" + literal() + "', expected: ',' or 'end of string'");
      }
      position++;
      if (!startsRequirement()) {
        throw new IllegalArgumentException(
            "found '" + literal() + "', expected: identifier after ','");
      }
    }
  }

  private boolean startsRequirement() {
    return peek() == Token.IDENTIFIER || peek() == Token.NOT;
  }

  private LabelRequirement requirement() {
    boolean negated = peek() == Token.NOT;
    if (negated) {
      position++;
    }
    if (peek() != Token.IDENTIFIER) {
      throw found("', expected: identifier");
    }
    String key = literal();
    ImmutableList<String> errors = NameRules.labelKey(key);
    if (!errors.isEmpty()) {
      // Upstream knows no path here.
      throw new IllegalArgumentException(
          FieldError.invalid("<nil>", key, String.join("; ", errors)).toString());
    }
    position++;
    if (negated) {
      return LabelRequirement.checked(key, Operator.DOES_NOT_EXIST, ImmutableList.of());
    }
    if (peek() == Token.END || peek() == Token.COMMA) {
      return LabelRequirement.checked(key, Operator.EXISTS, ImmutableList.of());
    }
    Operator operator = operator();
    if (operator == null) {
      throw found("', expected: in, notin, =, ==, !=, gt, lt");
    }
    position++;
    boolean set = operator == Operator.IN || operator == Operator.NOT_IN;
    return LabelRequirement.checked(
        key, operator, set ? setOfValues() : ImmutableList.of(exactValue()));
  }

  private @Nullable Operator operator() {
    return switch (scanned.get(position).token) {
      case IN -> Operator.IN;
      case NOT_IN -> Operator.NOT_IN;
      case EQUALS -> Operator.EQUALS;
      case DOUBLE_EQUALS -> Operator.DOUBLE_EQUALS;
      case NOT_EQUALS -> Operator.NOT_EQUALS;
      case GREATER_THAN -> Operator.GREATER_THAN;
      case LESS_THAN -> Operator.LESS_THAN;
      default -> null;
    };
  }

  private String exactValue() {
    if (peek() == Token.END || peek() == Token.COMMA) {
      return "";
    }
    if (peek() != Token.IDENTIFIER) {
      throw found("', expected: identifier");
    }
    return scanned.get(position++).literal;
  }

  private ImmutableList<String> setOfValues() {
    if (peek() != Token.OPEN) {
      throw found("' expected: '('");
    }
    position++;
    Set<String> values = new TreeSet<>();
    switch (peek()) {
      case CLOSED -> values.add("");
      case IDENTIFIER, COMMA -> values(values);
      default -> throw found("', expected: ',', ')' or identifier");
    }
    // The closing parenthesis.
    position++;
    return ImmutableList.copyOf(values);
  }

  /**
   * Values up to the closing parenthesis; a comma without one beside it stands for an empty one.
   */
  private void values(Set<String> values) {
    while (true) {
      switch (peek()) {
        case IDENTIFIER -> {
          values.add(literal());
          position++;
          if (peek() == Token.CLOSED) {
            return;
          }
          if (peek() != Token.COMMA) {
            throw found("', expected: ',' or ')'");
          }
        }
        case COMMA -> {
          if (values.isEmpty()) {
            values.add("");
          }
          position++;
          if (peek() == Token.CLOSED) {
            values.add("");
            return;
          }
          if (peek() == Token.COMMA) {
            values.add("");
          }
        }
        default -> throw found("', expected: ',', or identifier");
      }
    }
  }

  /** The next token, where {@code in} and {@code notin} are but words. */
  private Token peek() {
    Token token = scanned.get(position).token;
    return token == Token.IN || token == Token.NOT_IN ? Token.IDENTIFIER : token;
  }

  private String literal() {
    return scanned.get(position).literal;
  }

  private IllegalArgumentException found(String expected) {
    return new IllegalArgumentException("found '" + literal() + expected);
  }
}
