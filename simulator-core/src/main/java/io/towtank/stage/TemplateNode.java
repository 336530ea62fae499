package io.towtank.stage;

import com.google.common.collect.ImmutableList;
import org.jspecify.annotations.Nullable;

/** A part of a template (Go: text/template/parse). */
sealed interface TemplateNode {
  /** What stands there as it is. */
  record Text(String text) implements TemplateNode {}

  /** Prints a value, or sets a variable. */
  record Print(Pipeline pipeline) implements TemplateNode {}

  /**
   * {@code if} and {@code with}.
   *
   * @param with whether the value becomes the dot
   */
  record If(
      boolean with,
      Pipeline condition,
      ImmutableList<TemplateNode> body,
      ImmutableList<TemplateNode> otherwise)
      implements TemplateNode {}

  /** {@code range}: once for each element. */
  record Range(
      Pipeline over, ImmutableList<TemplateNode> body, ImmutableList<TemplateNode> otherwise)
      implements TemplateNode {}

  /** {@code template}: another template, with its own dot. */
  record Call(String name, @Nullable Pipeline dot, int line) implements TemplateNode {}

  /** {@code break} and {@code continue}. */
  record Leave(boolean all) implements TemplateNode {}

  /**
   * Commands of which each has the value of the one before as its last argument.
   *
   * @param variables that are set to the value; two in a range over keys and values
   * @param declares whether these are new variables
   */
  record Pipeline(
      ImmutableList<String> variables,
      boolean declares,
      ImmutableList<Command> commands,
      int line) {}

  /** A value, or a function and its arguments. */
  record Command(ImmutableList<Operand> operands) {}

  /** A value in a command. */
  sealed interface Operand {
    /** A text, number or boolean; null is nil. */
    record Literal(@Nullable Object value) implements Operand {}

    /** The value at hand. */
    record Dot() implements Operand {}

    /** A variable; {@code $} is the template's argument. */
    record Variable(String name) implements Operand {}

    /** A function without arguments, or with those that follow in the command. */
    record Function(String name) implements Operand {}

    /** A pipeline in parentheses. */
    record Inner(Pipeline pipeline) implements Operand {}

    /** Fields of a value, one in the other. */
    record Fields(Operand of, ImmutableList<String> names) implements Operand {}
  }
}
