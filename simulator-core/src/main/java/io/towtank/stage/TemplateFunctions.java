package io.towtank.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.api.Timestamps;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The functions of templates: Go's own but for {@code and} and {@code or}, those of sprig that
 * stages have a use for, and KWOK's.
 *
 * <p>Values are texts, booleans, longs, doubles, parts of documents, lists and maps by text; null
 * is what is not there.
 */
final class TemplateFunctions {
  /** A function. */
  @FunctionalInterface
  interface Function {
    @Nullable Object call(List<@Nullable Object> arguments, StageSubject subject);
  }

  /** Arguments do not fit a function. */
  static final class Misuse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Misuse(String message) {
      super(message);
    }
  }

  private static final long SECOND = 1_000_000_000L;

  /** All, by name. */
  static final ImmutableMap<String, Function> ALL = all();

  private TemplateFunctions() {}

  private static ImmutableMap<String, Function> all() {
    ImmutableMap.Builder<String, Function> all = ImmutableMap.builder();
    // Go: text/template/funcs.go
    all.put("not", (a, s) -> !isTrue(one(a)));
    all.put("eq", (a, s) -> a.subList(1, needs(a, 2)).stream().anyMatch(b -> same(a.get(0), b)));
    all.put("ne", (a, s) -> !same(a.get(0), a.get(needs(a, 2) - 1)));
    all.put("lt", (a, s) -> order(a) < 0);
    all.put("le", (a, s) -> order(a) <= 0);
    all.put("gt", (a, s) -> order(a) > 0);
    all.put("ge", (a, s) -> order(a) >= 0);
    all.put("len", (a, s) -> length(one(a)));
    all.put("index", (a, s) -> index(a));
    all.put("print", (a, s) -> joined(a, ""));
    all.put("printf", (a, s) -> formatted(a));
    // sprig
    all.put("dict", (a, s) -> dict(a));
    all.put("list", (a, s) -> new ArrayList<>(a));
    all.put("get", (a, s) -> TemplateRun.field(a.get(0), text(a.get(needs(a, 2) - 1))));
    all.put("hasKey", (a, s) -> TemplateRun.field(a.get(0), text(a.get(needs(a, 2) - 1))) != null);
    all.put("default", (a, s) -> a.size() == 2 && !isEmpty(a.get(1)) ? a.get(1) : a.get(0));
    all.put("empty", (a, s) -> isEmpty(one(a)));
    all.put(
        "coalesce",
        (a, s) -> {
          for (Object value : a) {
            if (!isEmpty(value)) {
              return value;
            }
          }
          return null;
        });
    all.put("ternary", (a, s) -> isTrue(a.get(needs(a, 3) - 1)) ? a.get(0) : a.get(1));
    all.put("add", (a, s) -> a.stream().mapToLong(TemplateFunctions::whole).sum());
    all.put("add1", (a, s) -> whole(one(a)) + 1);
    all.put("sub", (a, s) -> whole(a.get(0)) - whole(a.get(needs(a, 2) - 1)));
    all.put(
        "mul", (a, s) -> a.stream().mapToLong(TemplateFunctions::whole).reduce(1, (x, y) -> x * y));
    all.put("div", (a, s) -> whole(a.get(0)) / divisor(a.get(needs(a, 2) - 1)));
    all.put("mod", (a, s) -> whole(a.get(0)) % divisor(a.get(needs(a, 2) - 1)));
    all.put("max", (a, s) -> a.stream().mapToLong(TemplateFunctions::whole).max().orElse(0));
    all.put("min", (a, s) -> a.stream().mapToLong(TemplateFunctions::whole).min().orElse(0));
    all.put("int", (a, s) -> whole(one(a)));
    all.put("int64", (a, s) -> whole(one(a)));
    all.put("toString", (a, s) -> text(one(a)));
    all.put("quote", (a, s) -> quoted(a, '"'));
    all.put("squote", (a, s) -> quoted(a, '\''));
    all.put("upper", (a, s) -> upper(text(one(a)), true));
    all.put("lower", (a, s) -> upper(text(one(a)), false));
    all.put("trim", (a, s) -> text(one(a)).strip());
    all.put(
        "trimPrefix",
        (a, s) -> {
          String text = text(a.get(needs(a, 2) - 1));
          return text.startsWith(text(a.get(0))) ? text.substring(text(a.get(0)).length()) : text;
        });
    all.put(
        "trimSuffix",
        (a, s) -> {
          String text = text(a.get(needs(a, 2) - 1));
          return text.endsWith(text(a.get(0)))
              ? text.substring(0, text.length() - text(a.get(0)).length())
              : text;
        });
    all.put(
        "replace", (a, s) -> text(a.get(needs(a, 3) - 1)).replace(text(a.get(0)), text(a.get(1))));
    all.put("contains", (a, s) -> text(a.get(needs(a, 2) - 1)).contains(text(a.get(0))));
    all.put("hasPrefix", (a, s) -> text(a.get(needs(a, 2) - 1)).startsWith(text(a.get(0))));
    all.put("hasSuffix", (a, s) -> text(a.get(needs(a, 2) - 1)).endsWith(text(a.get(0))));
    all.put("indent", (a, s) -> indented(a, ""));
    all.put("nindent", (a, s) -> indented(a, "\n"));
    // KWOK: pkg/utils/gotpl/funcs.go and its pod and node controllers
    all.put("Quote", (a, s) -> quote(one(a)));
    all.put("YAML", (a, s) -> yaml(a));
    all.put("Now", (a, s) -> date(s.nowEpochNanos()));
    all.put("StartTime", (a, s) -> date(s.startEpochNanos()));
    all.put("Version", (a, s) -> "towtank");
    all.put("NodeConditions", (a, s) -> CONDITIONS);
    all.put("NodeName", (a, s) -> s.nodeName());
    // Hollow nodes have no port to listen on.
    all.put("NodePort", (a, s) -> 0L);
    all.put("NodeIP", (a, s) -> s.nodeIp(s.nodeName()));
    all.put("NodeIPWith", (a, s) -> s.nodeIp(text(one(a))));
    all.put("NodeIPsWith", (a, s) -> ImmutableList.of(s.nodeIp(text(one(a)))));
    all.put("PodIP", (a, s) -> podIp(s));
    all.put("PodIPWith", (a, s) -> podIp(s));
    all.put("PodIPsWith", (a, s) -> ImmutableList.of(podIp(s)));
    return all.buildOrThrow();
  }

  private static final ImmutableList<JsonNode> CONDITIONS =
      ImmutableList.of(
          condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
          condition(
              "MemoryPressure",
              "False",
              "KubeletHasSufficientMemory",
              "kubelet has sufficient memory available"),
          condition(
              "DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
          condition(
              "PIDPressure",
              "False",
              "KubeletHasSufficientPID",
              "kubelet has sufficient PID available"),
          condition(
              "NetworkUnavailable", "False", "RouteCreated", "RouteController created a route"));

  private static JsonNode condition(String type, String status, String reason, String message) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", type)
        .put("status", status)
        .put("reason", reason)
        .put("message", message);
  }

  private static String podIp(StageSubject subject) {
    String ip = subject.podIp();
    if (ip == null) {
      throw new Misuse("no pod address is left on node " + subject.nodeName());
    }
    return ip;
  }

  private static @Nullable Object one(List<@Nullable Object> arguments) {
    return arguments.get(needs(arguments, 1) - 1);
  }

  private static int needs(List<@Nullable Object> arguments, int count) {
    if (arguments.size() < count) {
      throw new Misuse("wants " + count + " arguments, has " + arguments.size());
    }
    return count == 1 ? 1 : arguments.size();
  }

  /** Go's truth: neither false, 0, empty, nor absent. Numbers of documents are texts to it. */
  static boolean isTrue(@Nullable Object value) {
    return switch (value) {
      case null -> false;
      case Boolean flag -> flag;
      case Long number -> number != 0;
      case Double number -> number != 0;
      case String text -> !text.isEmpty();
      case List<?> list -> !list.isEmpty();
      case Map<?, ?> map -> !map.isEmpty();
      case JsonNode node -> !node.isContainerNode() || !node.isEmpty();
      default -> true;
    };
  }

  private static boolean isEmpty(@Nullable Object value) {
    return !isTrue(value);
  }

  /** Compares as texts what is no number on both sides. */
  private static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    if (isNumber(a) && isNumber(b)) {
      return Double.compare(number(a), number(b)) == 0;
    }
    return a.equals(b);
  }

  private static int order(List<@Nullable Object> arguments) {
    Object a = arguments.get(0);
    Object b = arguments.get(needs(arguments, 2) - 1);
    if (isNumber(a) && isNumber(b)) {
      return Double.compare(number(a), number(b));
    }
    if (a instanceof String first && b instanceof String second) {
      return first.compareTo(second);
    }
    throw new Misuse("cannot compare " + text(a) + " with " + text(b));
  }

  private static boolean isNumber(@Nullable Object value) {
    return value instanceof Number || (value instanceof JsonNode node && node.isNumber());
  }

  private static double number(@Nullable Object value) {
    return switch (value) {
      case Number number -> number.doubleValue();
      case JsonNode node -> node.doubleValue();
      case null, default -> 0;
    };
  }

  /** sprig: cast.ToInt64, what is no number is 0. */
  private static long whole(@Nullable Object value) {
    if (isNumber(value)) {
      return value instanceof Long number ? number : (long) number(value);
    }
    try {
      return value instanceof String text ? Long.parseLong(text.strip()) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static long divisor(@Nullable Object value) {
    long divisor = whole(value);
    if (divisor == 0) {
      throw new Misuse("divides by 0");
    }
    return divisor;
  }

  private static long length(@Nullable Object value) {
    return switch (value) {
      case String text -> text.length();
      case List<?> list -> list.size();
      case Map<?, ?> map -> map.size();
      case JsonNode node -> node.size();
      case null, default -> throw new Misuse("wants a text, a list or an object");
    };
  }

  private static @Nullable Object index(List<@Nullable Object> arguments) {
    Object value = arguments.get(needs(arguments, 1) - 1);
    for (Object index : arguments.subList(1, arguments.size())) {
      if (value == null) {
        throw new Misuse("index of what is not there");
      }
      if (index instanceof String name) {
        value = TemplateRun.field(value, name);
        continue;
      }
      List<?> elements = TemplateRun.elements(value);
      long at = whole(index);
      if (elements == null || !isNumber(index)) {
        throw new Misuse("cannot index " + text(value) + " with " + text(index));
      }
      if (at < 0 || at >= elements.size()) {
        throw new Misuse("index " + at + " of a list of " + elements.size());
      }
      value = elements.get((int) at);
    }
    return value;
  }

  private static Object dict(List<@Nullable Object> arguments) {
    Map<String, @Nullable Object> map = new TreeMap<>();
    for (int i = 0; i < arguments.size(); i += 2) {
      map.put(text(arguments.get(i)), i + 1 < arguments.size() ? arguments.get(i + 1) : "");
    }
    return map;
  }

  private static String joined(List<@Nullable Object> values, String between) {
    StringBuilder text = new StringBuilder();
    for (Object value : values) {
      text.append(text.isEmpty() ? "" : between).append(text(value));
    }
    return text.toString();
  }

  /** The verbs %v, %s, %d, %q and %%. */
  private static String formatted(List<@Nullable Object> arguments) {
    String format = text(arguments.get(needs(arguments, 1) - 1));
    StringBuilder text = new StringBuilder();
    int next = 1;
    int at = 0;
    while (at < format.length()) {
      char c = format.charAt(at++);
      char verb = c == '%' && at < format.length() ? format.charAt(at++) : ' ';
      if (c != '%' || verb == '%') {
        text.append(c);
        continue;
      }
      if ("vsdq".indexOf(verb) < 0) {
        throw new Misuse("%" + verb + " is not supported");
      }
      if (next >= arguments.size()) {
        throw new Misuse("has too few arguments for \"" + format + "\"");
      }
      Object value = arguments.get(next++);
      text.append(verb == 'q' ? quote(text(value)) : text(value));
    }
    return text.toString();
  }

  private static String quoted(List<@Nullable Object> values, char quote) {
    List<@Nullable Object> texts = new ArrayList<>();
    for (Object value : values) {
      if (value != null) {
        texts.add(quote == '"' ? quote(text(value)) : "'" + text(value) + "'");
      }
    }
    return joined(texts, " ");
  }

  private static String upper(String text, boolean up) {
    return up ? text.toUpperCase(Locale.ROOT) : text.toLowerCase(Locale.ROOT);
  }

  private static String indented(List<@Nullable Object> arguments, String before) {
    String pad = " ".repeat((int) whole(arguments.get(0)));
    return before + pad + text(arguments.get(needs(arguments, 2) - 1)).replace("\n", "\n" + pad);
  }

  private static String quote(@Nullable Object value) {
    String text = value instanceof String plain ? plain : json(value).toString();
    return JsonNodeFactory.instance.textNode(text).toString();
  }

  /** JSON is YAML too; on lines of its own, indented. */
  private static String yaml(List<@Nullable Object> arguments) {
    long indent = arguments.size() > 1 ? whole(arguments.get(1)) : 0;
    String text = json(arguments.get(needs(arguments, 1) - 1)).toString();
    return indent > 0 ? "\n" + "  ".repeat((int) indent) + text : text;
  }

  private static JsonNode json(@Nullable Object value) {
    return switch (value) {
      case null -> NullNode.instance;
      case JsonNode node -> node;
      case String text -> JsonNodeFactory.instance.textNode(text);
      case Boolean flag -> JsonNodeFactory.instance.booleanNode(flag);
      case Long number -> JsonNodeFactory.instance.numberNode(number);
      case Double number -> JsonNodeFactory.instance.numberNode(number);
      case List<?> list -> {
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        list.forEach(item -> items.add(json(item)));
        yield items;
      }
      case Map<?, ?> map -> {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        map.forEach((name, field) -> fields.set(String.valueOf(name), json(field)));
        yield fields;
      }
      default -> throw new IllegalArgumentException("no value of templates: " + value);
    };
  }

  /** A value as it is printed. */
  static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "<no value>";
      case String text -> text;
      case Double number when number == Math.rint(number) && Math.abs(number) < 1e15 ->
          Long.toString(number.longValue());
      case JsonNode node -> node.isValueNode() ? node.asText() : node.toString();
      case List<?> list -> json(list).toString();
      case Map<?, ?> map -> json(map).toString();
      default -> String.valueOf(value);
    };
  }

  /** Go: RFC3339Nano. */
  private static String date(long epochNanos) {
    return Math.floorMod(epochNanos, SECOND) == 0
        ? Timestamps.format(epochNanos)
        : DateTimeFormatter.ISO_INSTANT.format(
            Instant.ofEpochSecond(
                Math.floorDiv(epochNanos, SECOND), Math.floorMod(epochNanos, SECOND)));
  }
}
