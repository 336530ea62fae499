package io.towtank.api;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Selects objects by the values of some of their fields, as in {@code
 * spec.nodeName=node-1,status.phase!=Running} (apimachinery: fields.Selector). Which fields a kind
 * lets be asked for is not its concern.
 *
 * @param requirements all of them must hold
 */
public record FieldSelector(ImmutableList<Requirement> requirements) {
  /** Selects every object. */
  public static final FieldSelector EVERYTHING = new FieldSelector(ImmutableList.of());

  /**
   * What a field must be, or must not be. A field without a value is the empty text.
   *
   * @param field as in {@code spec.nodeName}
   * @param equal whether the field must have the value; otherwise it must not
   */
  public record Requirement(String field, boolean equal, String value) {
    @Override
    public String toString() {
      return field + (equal ? "=" : "!=") + escape(value);
    }
  }

  /** Selects objects of which one field has one value. */
  public static FieldSelector equalTo(String field, String value) {
    return new FieldSelector(ImmutableList.of(new Requirement(field, true, value)));
  }

  /**
   * Reads a selector: terms {@code a=b}, {@code a==b} and {@code a!=b}, joined by commas. Backslash
   * takes the meaning from {@code \}, {@code ,} and {@code =} in values.
   *
   * @throws IllegalArgumentException where the text is none
   */
  public static FieldSelector parse(String text) {
    List<String> terms = splitTerms(text);
    terms.sort(null);
    ImmutableList.Builder<Requirement> requirements = ImmutableList.builder();
    for (String term : terms) {
      if (!term.isEmpty()) {
        Requirement requirement = parseTerm(text, term);
        // A lone "=" asks for nothing, as upstream.
        if (!requirement.field.isEmpty() || !requirement.value.isEmpty()) {
          requirements.add(requirement);
        }
      }
    }
    return new FieldSelector(requirements.build());
  }

  /** Whether it selects every object. */
  public boolean isEverything() {
    return requirements.isEmpty();
  }

  /** The value that a field must have, null where it need not have a certain one. */
  public @Nullable String requiredValue(String field) {
    for (Requirement requirement : requirements) {
      if (requirement.equal && requirement.field.equals(field)) {
        return requirement.value;
      }
    }
    return null;
  }

  /**
   * Whether an object matches.
   *
   * @param fields the value of the object's field of that name, null or empty where it has none
   */
  public boolean matches(Function<String, @Nullable String> fields) {
    for (Requirement requirement : requirements) {
      String value = fields.apply(requirement.field);
      if (requirement.value.equals(value == null ? "" : value) != requirement.equal) {
        return false;
      }
    }
    return true;
  }

  /** The canonical form, which reads the same again. */
  @Override
  public String toString() {
    return String.join(",", requirements.stream().map(Requirement::toString).toList());
  }

  private static List<String> splitTerms(String text) {
    List<String> terms = new ArrayList<>();
    int start = 0;
    boolean escaped = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == ',') {
        terms.add(text.substring(start, i));
        start = i + 1;
      }
    }
    terms.add(text.substring(start));
    return terms;
  }

  private static Requirement parseTerm(String selector, String term) {
    for (int i = 0; i < term.length(); i++) {
      boolean unequal = term.startsWith("!=", i);
      if (unequal || term.charAt(i) == '=') {
        int length = unequal || term.startsWith("==", i) ? 2 : 1;
        return new Requirement(
            term.substring(0, i), !unequal, unescape(term.substring(i + length)));
      }
    }
    throw new IllegalArgumentException(
        "invalid selector: '" + selector + "'; can't understand '" + term + "'");
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
  }

  private static String unescape(String value) {
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        String sequence = value.substring(i, Math.min(i + 2, value.length()));
        if (sequence.length() < 2 || "\\,=".indexOf(sequence.charAt(1)) < 0) {
          throw new IllegalArgumentException(
              "invalid field selector: invalid escape sequence: " + sequence);
        }
        plain.append(sequence.charAt(1));
        i++;
      } else if (c == ',' || c == '=') {
        throw new IllegalArgumentException(
            "invalid field selector: unescaped character in value: " + (int) c);
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }
}
