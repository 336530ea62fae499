package io.towtank.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.stage.TemplateNode.Command;
import io.towtank.stage.TemplateNode.Operand;
import io.towtank.stage.TemplateNode.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of a template over a value (Go: text/template/exec.go). */
final class TemplateRun {
  private static final int DEPTH = 100;

  /** How a list of nodes was left. */
  private enum Left {
    AT_END,
    BY_CONTINUE,
    BY_BREAK
  }

  private static final class Variable {
    final String name;
    @Nullable Object value;

    Variable(String name, @Nullable Object value) {
      this.name = name;
      this.value = value;
    }
  }

  private final ImmutableMap<String, ImmutableList<TemplateNode>> templates;
  private final StageSubject subject;
  private final StringBuilder output = new StringBuilder();
  private List<Variable> variables = new ArrayList<>();
  private int depth;

  TemplateRun(ImmutableMap<String, ImmutableList<TemplateNode>> templates, StageSubject subject) {
    this.templates = templates;
    this.subject = subject;
  }

  /**
   * What the template makes of a document.
   *
   * @throws TemplateException where a function is misused
   */
  String run(ImmutableList<TemplateNode> nodes, JsonNode document) {
    variables.add(new Variable("$", plain(document)));
    walk(nodes, plain(document));
    return output.toString();
  }

  private Left walk(ImmutableList<TemplateNode> nodes, @Nullable Object dot) {
    for (TemplateNode node : nodes) {
      int scope = variables.size();
      Left left = walk(node, dot);
      if (!(node instanceof TemplateNode.Print)) {
        leave(scope);
      }
      if (left != Left.AT_END) {
        return left;
      }
    }
    return Left.AT_END;
  }

  private Left walk(TemplateNode node, @Nullable Object dot) {
    switch (node) {
      case TemplateNode.Text(String text) -> output.append(text);
      case TemplateNode.Print(Pipeline pipeline) -> {
        Object value = evaluate(pipeline, dot);
        if (pipeline.variables().isEmpty()) {
          output.append(TemplateFunctions.text(value));
        } else {
          set(pipeline, pipeline.variables().get(0), value);
        }
      }
      case TemplateNode.If(
              boolean with,
              Pipeline condition,
              ImmutableList<TemplateNode> body,
              ImmutableList<TemplateNode> otherwise) -> {
        Object value = evaluate(condition, dot);
        for (String name : condition.variables()) {
          set(condition, name, value);
        }
        return TemplateFunctions.isTrue(value)
            ? walk(body, with ? value : dot)
            : walk(otherwise, dot);
      }
      case TemplateNode.Range range -> {
        return range(range, dot);
      }
      case TemplateNode.Call call -> call(call, dot);
      case TemplateNode.Leave(boolean all) -> {
        return all ? Left.BY_BREAK : Left.BY_CONTINUE;
      }
    }
    return Left.AT_END;
  }

  private Left range(TemplateNode.Range range, @Nullable Object dot) {
    Pipeline over = range.over();
    Object value = evaluate(over, dot);
    List<@Nullable Object> keys = new ArrayList<>();
    List<@Nullable Object> values = new ArrayList<>();
    collect(over, value, keys, values);
    if (values.isEmpty()) {
      return walk(range.otherwise(), dot);
    }
    ImmutableList<String> names = over.variables();
    int scope = variables.size();
    for (int i = 0; i < values.size(); i++) {
      if (names.size() == 2) {
        set(over, names.get(0), keys.get(i));
        set(over, names.get(1), values.get(i));
      } else if (names.size() == 1) {
        set(over, names.get(0), values.get(i));
      }
      Left left = walk(range.body(), values.get(i));
      leave(scope);
      if (left == Left.BY_BREAK) {
        break;
      }
    }
    return Left.AT_END;
  }

  private static void collect(
      Pipeline over,
      @Nullable Object value,
      List<@Nullable Object> keys,
      List<@Nullable Object> values) {
    List<?> elements = elements(value);
    if (elements != null) {
      for (int i = 0; i < elements.size(); i++) {
        keys.add((long) i);
        values.add(elements.get(i));
      }
    } else if (value instanceof JsonNode node && node.isObject()) {
      ImmutableList.sortedCopyOf(ImmutableList.copyOf(node.fieldNames()))
          .forEach(name -> {
            keys.add(name);
            values.add(field(node, name));
          });
    } else if (value instanceof Map<?, ?> map) {
      map.forEach((name, field) -> {
        keys.add(name);
        values.add(field);
      });
    } else if (value instanceof Long count) {
      for (long i = 0; i < count; i++) {
        keys.add(i);
        values.add(i);
      }
    } else if (value != null) {
      throw new TemplateException(
          over.line(), "cannot range over " + TemplateFunctions.text(value));
    }
  }

  private void call(TemplateNode.Call call, @Nullable Object dot) {
    ImmutableList<TemplateNode> body = templates.get(call.name());
    Pipeline argument = call.dot();
    Object inner = argument == null ? null : evaluate(argument, dot);
    if (body == null) {
      throw new TemplateException(call.line(), "there is no template \"" + call.name() + "\"");
    }
    if (++depth > DEPTH) {
      throw new TemplateException(
          call.line(), "the template \"" + call.name() + "\" calls itself without an end");
    }
    List<Variable> outer = variables;
    variables = new ArrayList<>();
    variables.add(new Variable("$", inner));
    walk(body, inner);
    variables = outer;
    depth--;
  }

  private void set(Pipeline pipeline, String name, @Nullable Object value) {
    if (pipeline.declares()) {
      variables.add(new Variable(name, value));
    } else {
      variable(name).value = value;
    }
  }

  private Variable variable(String name) {
    for (int i = variables.size() - 1; i >= 0; i--) {
      if (variables.get(i).name.equals(name)) {
        return variables.get(i);
      }
    }
    throw new IllegalStateException("the parser let " + name + " through");
  }

  private void leave(int scope) {
    while (variables.size() > scope) {
      variables.removeLast();
    }
  }

  private @Nullable Object evaluate(Pipeline pipeline, @Nullable Object dot) {
    Object value = null;
    boolean first = true;
    for (Command command : pipeline.commands()) {
      value = evaluate(command, dot, value, !first, pipeline.line());
      first = false;
    }
    return value;
  }

  private @Nullable Object evaluate(
      Command command, @Nullable Object dot, @Nullable Object last, boolean hasLast, int line) {
    Operand operand = command.operands().get(0);
    if (!(operand instanceof Operand.Function(String name))) {
      if (command.operands().size() > 1 || hasLast) {
        throw new TemplateException(line, "only functions take arguments");
      }
      return evaluate(operand, dot, line);
    }
    if (name.equals("and") || name.equals("or")) {
      return andOr(name.equals("or"), command, dot, last, hasLast, line);
    }
    List<@Nullable Object> arguments = new ArrayList<>();
    for (Operand argument : command.operands().subList(1, command.operands().size())) {
      arguments.add(evaluate(argument, dot, line));
    }
    if (hasLast) {
      arguments.add(last);
    }
    return call(name, arguments, line);
  }

  private @Nullable Object call(String name, List<@Nullable Object> arguments, int line) {
    TemplateFunctions.Function function = TemplateFunctions.ALL.get(name);
    if (function == null) {
      throw new IllegalStateException("the parser let " + name + " through");
    }
    try {
      return function.call(arguments, subject);
    } catch (TemplateFunctions.Misuse | IndexOutOfBoundsException e) {
      throw new TemplateException(
          line,
          name
              + ": "
              + (e instanceof TemplateFunctions.Misuse
                  ? e.getMessage()
                  : "has " + arguments.size() + " arguments, which is not enough"));
    }
  }

  /** The first argument that decides, or the last; those after it are not looked at. */
  private @Nullable Object andOr(
      boolean or,
      Command command,
      @Nullable Object dot,
      @Nullable Object last,
      boolean hasLast,
      int line) {
    Object value = null;
    for (Operand argument : command.operands().subList(1, command.operands().size())) {
      value = evaluate(argument, dot, line);
      if (TemplateFunctions.isTrue(value) == or) {
        return value;
      }
    }
    return hasLast ? last : value;
  }

  private @Nullable Object evaluate(Operand operand, @Nullable Object dot, int line) {
    return switch (operand) {
      case Operand.Literal(Object value) -> value;
      case Operand.Dot() -> dot;
      case Operand.Variable(String name) -> variable(name).value;
      case Operand.Function(String name) -> call(name, new ArrayList<>(), line);
      case Operand.Inner(Pipeline pipeline) -> evaluate(pipeline, dot);
      case Operand.Fields(Operand of, ImmutableList<String> names) -> {
        Object value = evaluate(of, dot, line);
        for (String name : names) {
          try {
            value = field(value, name);
          } catch (TemplateFunctions.Misuse e) {
            throw new TemplateException(line, String.valueOf(e.getMessage()));
          }
        }
        yield value;
      }
    };
  }

  /** A field of a value; null where it has none. */
  static @Nullable Object field(@Nullable Object value, String name) {
    return switch (value) {
      case null -> null;
      case JsonNode node when node.isObject() -> plain(node.get(name));
      case Map<?, ?> map -> map.get(name);
      default ->
          throw new TemplateFunctions.Misuse(
              "there is no field " + name + " in " + TemplateFunctions.text(value));
    };
  }

  /** The elements of a list; null where it is none. */
  static @Nullable List<?> elements(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    if (!(value instanceof JsonNode node) || !node.isArray()) {
      return null;
    }
    List<@Nullable Object> elements = new ArrayList<>();
    node.forEach(element -> elements.add(plain(element)));
    return elements;
  }

  /** A part of a document as a value of templates. */
  private static @Nullable Object plain(@Nullable JsonNode node) {
    return node == null || node.isNull()
        ? null
        : node.isTextual()
            ? node.textValue()
            : node.isBoolean() ? (Object) node.booleanValue() : node;
  }
}
