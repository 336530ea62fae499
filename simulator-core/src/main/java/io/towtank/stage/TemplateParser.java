package io.towtank.stage;

import com.google.common.collect.ImmutableList;
import io.towtank.stage.TemplateNode.Command;
import io.towtank.stage.TemplateNode.Operand;
import io.towtank.stage.TemplateNode.Pipeline;
import io.towtank.validation.DidYouMean;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads Go templates. Line numbers are counted within the template, from 1. */
final class TemplateParser {
  private static final String OPEN = "{{";
  private static final String CLOSE = "}}";

  /** How a list of nodes ended. */
  private enum End {
    TEXT,
    END,
    ELSE
  }

  private final String text;
  private final Set<String> functions;
  private final Map<String, ImmutableList<TemplateNode>> templates;
  private final Deque<String> variables = new ArrayDeque<>();
  private int at;
  private int line = 1;
  private int loops;

  /** What the last list of nodes ended with, and the pipeline words after an {@code else}. */
  private End end = End.TEXT;

  /**
   * A parser.
   *
   * @param functions the functions that there are
   * @param templates takes the templates that are defined
   */
  TemplateParser(
      String text, Set<String> functions, Map<String, ImmutableList<TemplateNode>> templates) {
    this.text = text;
    this.functions = functions;
    this.templates = templates;
    variables.push("$");
  }

  /**
   * Reads the template.
   *
   * @throws TemplateException where it is none, or uses what is not supported
   */
  ImmutableList<TemplateNode> parse() {
    ImmutableList<TemplateNode> nodes = nodes();
    if (end != End.TEXT) {
      throw problem("{{" + (end == End.END ? "end" : "else") + "}} without a beginning");
    }
    return nodes;
  }

  /** Up to the end of the text, an {@code end} or an {@code else}. */
  private ImmutableList<TemplateNode> nodes() {
    ImmutableList.Builder<TemplateNode> nodes = ImmutableList.builder();
    while (true) {
      int open = text.indexOf(OPEN, at);
      String plain = text.substring(at, open < 0 ? text.length() : open);
      count(at, at + plain.length());
      boolean trims = open >= 0 && text.startsWith("{{- ", open);
      String shown = trims ? plain.stripTrailing() : plain;
      if (!shown.isEmpty()) {
        nodes.add(new TemplateNode.Text(shown));
      }
      if (open < 0) {
        at = text.length();
        end = End.TEXT;
        return nodes.build();
      }
      at = open + (trims ? 3 : 2);
      TemplateNode node = action();
      if (node != null) {
        nodes.add(node);
      } else if (end != End.TEXT) {
        return nodes.build();
      }
    }
  }

  /** One action; null for a comment, a definition, or where {@link #end} says that nodes end. */
  private @Nullable TemplateNode action() {
    end = End.TEXT;
    skip();
    if (text.startsWith("/*", at)) {
      int close = text.indexOf("*/", at);
      if (close < 0) {
        throw problem("a comment does not end");
      }
      count(at, close);
      at = close + 2;
      close();
      return null;
    }
    int start = at;
    String word = word();
    return switch (word) {
      case "end" -> {
        close();
        end = End.END;
        yield null;
      }
      case "else" -> {
        end = End.ELSE;
        yield null;
      }
      case "if", "with" -> block(word.equals("with"));
      case "range" -> range();
      case "break", "continue" -> {
        if (loops == 0) {
          throw problem("{{" + word + "}} outside of a range");
        }
        close();
        yield new TemplateNode.Leave(word.equals("break"));
      }
      case "define" -> {
        define();
        yield null;
      }
      case "template" -> call();
      case "block" -> throw problem("\"block\" is not supported; use define and template");
      default -> {
        at = start;
        Pipeline pipeline = pipeline(false);
        close();
        yield new TemplateNode.Print(pipeline);
      }
    };
  }

  private TemplateNode call() {
    skip();
    String name = string();
    skip();
    Pipeline dot = closes() ? null : pipeline(false);
    int where = line;
    close();
    return new TemplateNode.Call(name, dot, where);
  }

  private TemplateNode block(boolean with) {
    int scope = variables.size();
    Pipeline condition = pipeline(false);
    close();
    ImmutableList<TemplateNode> body = nodes();
    leave(scope);
    ImmutableList<TemplateNode> otherwise = otherwise(true);
    leave(scope);
    return new TemplateNode.If(with, condition, body, otherwise);
  }

  /** What follows a body: nothing, an else, or another condition. */
  private ImmutableList<TemplateNode> otherwise(boolean mayChain) {
    needsEnd();
    if (end == End.END) {
      end = End.TEXT;
      return ImmutableList.of();
    }
    skip();
    if (closes()) {
      close();
      ImmutableList<TemplateNode> nodes = nodes();
      needsEnd();
      if (end == End.ELSE) {
        throw problem("a second {{else}}");
      }
      end = End.TEXT;
      return nodes;
    }
    String word = word();
    if (!mayChain || !(word.equals("if") || word.equals("with"))) {
      throw problem("unexpected \"" + word + "\" after else");
    }
    return ImmutableList.of(block(word.equals("with")));
  }

  private void needsEnd() {
    if (end == End.TEXT) {
      throw problem("an {{end}} is missing");
    }
  }

  private TemplateNode range() {
    int scope = variables.size();
    Pipeline over = pipeline(true);
    close();
    loops++;
    ImmutableList<TemplateNode> body = nodes();
    loops--;
    leave(scope);
    ImmutableList<TemplateNode> otherwise = otherwise(false);
    leave(scope);
    return new TemplateNode.Range(over, body, otherwise);
  }

  private void define() {
    skip();
    String name = string();
    close();
    List<String> outer = new ArrayList<>(variables);
    int outerLoops = loops;
    variables.clear();
    variables.push("$");
    loops = 0;
    ImmutableList<TemplateNode> body = nodes();
    needsEnd();
    if (end == End.ELSE) {
      throw problem("{{else}} in a definition");
    }
    end = End.TEXT;
    loops = outerLoops;
    variables.clear();
    variables.addAll(outer);
    templates.put(name, body);
  }

  private void leave(int scope) {
    while (variables.size() > scope) {
      variables.pop();
    }
  }

  private Pipeline pipeline(boolean range) {
    skip();
    int where = line;
    int start = at;
    ImmutableList.Builder<String> names = ImmutableList.builder();
    boolean declares = false;
    if (at < text.length() && text.charAt(at) == '$') {
      List<String> found = new ArrayList<>();
      found.add(variableName());
      skip();
      if (range && text.startsWith(",", at)) {
        at++;
        skip();
        found.add(variableName());
        skip();
      }
      if (text.startsWith(":=", at)) {
        at += 2;
        declares = true;
        names.addAll(found);
      } else if (text.startsWith("=", at)) {
        at++;
        names.addAll(found);
        found.forEach(this::known);
      } else {
        at = start;
      }
    }
    ImmutableList<Command> commands = commands();
    ImmutableList<String> variablesSet = names.build();
    if (declares) {
      variablesSet.forEach(variables::push);
    }
    return new Pipeline(variablesSet, declares, commands, where);
  }

  private ImmutableList<Command> commands() {
    ImmutableList.Builder<Command> commands = ImmutableList.builder();
    do {
      ImmutableList.Builder<Operand> operands = ImmutableList.builder();
      skip();
      while (!closes() && !text.startsWith("|", at) && !text.startsWith(")", at)) {
        operands.add(operand());
        skip();
      }
      Command command = new Command(operands.build());
      if (command.operands().isEmpty()) {
        throw problem("a value is missing");
      }
      commands.add(command);
    } while (takes("|"));
    return commands.build();
  }

  private Operand operand() {
    if (at >= text.length()) {
      throw problem("an action does not end with }}");
    }
    char c = text.charAt(at);
    Operand operand;
    if (c == '(') {
      at++;
      Pipeline inner = pipeline(false);
      skip();
      if (!takes(")")) {
        throw problem("a ) is missing");
      }
      operand = new Operand.Inner(inner);
    } else if (c == '.') {
      operand = new Operand.Dot();
      if (at + 1 >= text.length() || !isWord(text.charAt(at + 1))) {
        at++;
        return operand;
      }
    } else if (c == '$') {
      String name = variableName();
      known(name);
      operand = new Operand.Variable(name);
    } else if (c == '"' || c == '`') {
      return new Operand.Literal(string());
    } else if (Character.isDigit(c) || c == '-' || c == '+') {
      return new Operand.Literal(number());
    } else {
      String word = word();
      operand =
          switch (word) {
            case "" -> throw problem("unexpected \"" + c + "\"");
            case "true" -> new Operand.Literal(true);
            case "false" -> new Operand.Literal(false);
            case "nil" -> new Operand.Literal(null);
            default -> function(word);
          };
    }
    ImmutableList<String> names = fieldNames();
    return names.isEmpty() ? operand : new Operand.Fields(operand, names);
  }

  private Operand function(String name) {
    if (!functions.contains(name)) {
      String advice = DidYouMean.advice(name, functions);
      throw problem(
          "the template function \""
              + name
              + "\" is not supported"
              + (advice == null ? "" : "; " + advice));
    }
    return new Operand.Function(name);
  }

  private ImmutableList<String> fieldNames() {
    ImmutableList.Builder<String> names = ImmutableList.builder();
    while (at + 1 < text.length() && text.charAt(at) == '.' && isWord(text.charAt(at + 1))) {
      at++;
      names.add(word());
    }
    return names.build();
  }

  private void known(String variable) {
    if (!variables.contains(variable)) {
      throw problem("there is no variable " + variable);
    }
  }

  private String variableName() {
    if (!text.startsWith("$", at)) {
      throw problem("a variable is missing");
    }
    at++;
    return "$" + word();
  }

  private Object number() {
    int from = at++;
    while (at < text.length() && (isWord(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    String number = text.substring(from, at);
    try {
      return Long.decode(number);
    } catch (NumberFormatException e) {
      try {
        return Double.parseDouble(number);
      } catch (NumberFormatException f) {
        throw problem("\"" + number + "\" is no number");
      }
    }
  }

  private String string() {
    if (at >= text.length() || (text.charAt(at) != '"' && text.charAt(at) != '`')) {
      throw problem("a text in quotes is missing");
    }
    char quote = text.charAt(at);
    StringBuilder string = new StringBuilder();
    at++;
    while (at < text.length() && text.charAt(at) != quote) {
      char c = text.charAt(at++);
      if (c == '\n') {
        line++;
      }
      string.append(c == '\\' && quote == '"' ? escaped() : c);
    }
    if (at >= text.length()) {
      throw problem("a text in quotes does not end");
    }
    at++;
    return string.toString();
  }

  private char escaped() {
    char escaped = at < text.length() ? text.charAt(at++) : ' ';
    return switch (escaped) {
      case '"', '\\', '\'' -> escaped;
      case 'n' -> '\n';
      case 't' -> '\t';
      default -> throw problem("\"\\" + escaped + "\" in a text is not supported");
    };
  }

  // Characters.

  private boolean closes() {
    return text.startsWith(CLOSE, at) || text.startsWith("-}}", at);
  }

  private void close() {
    skip();
    boolean trims = text.startsWith("-}}", at);
    if (!trims && !text.startsWith(CLOSE, at)) {
      throw problem("an action does not end with }}");
    }
    at += trims ? 3 : 2;
    if (trims) {
      skip();
    }
  }

  private boolean takes(String token) {
    if (!text.startsWith(token, at)) {
      return false;
    }
    at += token.length();
    return true;
  }

  private void skip() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      if (text.charAt(at) == '\n') {
        line++;
      }
      at++;
    }
  }

  private void count(int from, int to) {
    for (int i = from; i < to; i++) {
      if (text.charAt(i) == '\n') {
        line++;
      }
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

  private TemplateException problem(String message) {
    return new TemplateException(line, message);
  }
}
