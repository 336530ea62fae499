package io.towtank.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * What an unquoted word in YAML means to Kubernetes: sigs.k8s.io/yaml (goyaml.v2 resolve), and then
 * as the JSON that it makes of it. So {@code yes}, {@code on} and {@code y} are true, {@code 010}
 * is 8, {@code 1e3} is 1000, {@code 12:30:45} and {@code 2026-01-01} are texts.
 */
final class PlainScalars {
  /** From here on Go writes a whole number in floating point with an exponent. */
  private static final double EXPONENT_FROM = 1e21;

  private PlainScalars() {}

  /** The value of an unquoted word, null where JSON has none: infinities and not-a-number. */
  static @Nullable JsonNode resolve(String word) {
    switch (word) {
      case "", "~", "null", "Null", "NULL" -> {
        return NullNode.instance;
      }
      case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON" -> {
        return BooleanNode.TRUE;
      }
      case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF" -> {
        return BooleanNode.FALSE;
      }
      case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF" -> {
        return null;
      }
      case "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF" -> {
        return null;
      }
      default -> {}
    }
    char first = word.charAt(0);
    if (first != '+' && first != '-' && first != '.' && !(first >= '0' && first <= '9')) {
      return new TextNode(word);
    }
    String plain = first == '.' ? word : word.replace("_", "");
    if (first != '.') {
      BigInteger whole = whole(plain);
      if (whole != null) {
        return node(whole);
      }
    }
    if (isFloat(plain)) {
      double number = Double.parseDouble(plain);
      if (Double.isInfinite(number)) {
        return new TextNode(word);
      }
      return number == Math.rint(number) && Math.abs(number) < EXPONENT_FROM
          ? node(new BigDecimal(number).toBigInteger())
          : DoubleNode.valueOf(number);
    }
    return new TextNode(word);
  }

  private static JsonNode node(BigInteger number) {
    return number.bitLength() < Integer.SIZE
        ? IntNode.valueOf(number.intValue())
        : number.bitLength() < Long.SIZE
            ? LongNode.valueOf(number.longValue())
            : BigIntegerNode.valueOf(number);
  }

  /** As strconv.ParseInt with base 0: a leading 0 means octal. */
  private static @Nullable BigInteger whole(String text) {
    int at = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
    int radix = 10;
    if (text.length() > at + 1 && text.charAt(at) == '0') {
      radix =
          switch (text.charAt(at + 1)) {
            case 'x', 'X' -> 16;
            case 'b', 'B' -> 2;
            default -> 8;
          };
      at += "xXbBoO".indexOf(text.charAt(at + 1)) >= 0 ? 2 : 1;
    }
    if (at == text.length()) {
      return null;
    }
    for (int i = at; i < text.length(); i++) {
      if (text.charAt(i) > 'f' || Character.digit(text.charAt(i), radix) < 0) {
        return null;
      }
    }
    BigInteger magnitude = new BigInteger(text.substring(at), radix);
    return text.startsWith("-") ? magnitude.negate() : magnitude;
  }

  /** {@code [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?}. */
  private static boolean isFloat(String text) {
    int at = text.startsWith("+") || text.startsWith("-") ? 1 : 0;
    int digitsBefore = digits(text, at);
    at += digitsBefore;
    if (at < text.length() && text.charAt(at) == '.') {
      int digitsAfter = digits(text, at + 1);
      if (digitsBefore == 0 && digitsAfter == 0) {
        return false;
      }
      at += 1 + digitsAfter;
    } else if (digitsBefore == 0) {
      return false;
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      int exponent = digits(text, at);
      if (exponent == 0) {
        return false;
      }
      at += exponent;
    }
    return at == text.length();
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - from;
  }
}
