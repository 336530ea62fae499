package io.towtank.api;

import com.google.common.collect.ImmutableList;
import java.nio.charset.StandardCharsets;

/**
 * What names, label keys and label values may look like, with the messages of Kubernetes
 * (apimachinery: util/validation). Each rule returns what is wrong, nothing where all is right.
 */
public final class NameRules {
  private static final int MAX_LABEL_VALUE = 63;
  private static final int MAX_QUALIFIED_NAME = 63;
  private static final int MAX_DNS_1123_LABEL = 63;
  private static final int MAX_DNS_1123_SUBDOMAIN = 253;

  private static final String QUALIFIED_NAME =
      " must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
          + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
          + " validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  private static final String LABEL_VALUE =
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or"
          + " '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or"
          + " 'my_value',  or '12345', regex used for validation is"
          + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
  private static final String DNS_1123_LABEL =
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and"
          + " must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc',"
          + " regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
  private static final String DNS_1123_SUBDOMAIN =
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or"
          + " '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex"
          + " used for validation is"
          + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

  private NameRules() {}

  /** Keys of labels and annotations: a name, before it perhaps a DNS subdomain and a slash. */
  public static ImmutableList<String> labelKey(String key) {
    ImmutableList.Builder<String> errors = ImmutableList.builder();
    int slash = key.indexOf('/');
    if (slash != key.lastIndexOf('/')) {
      return ImmutableList.of(
          "a qualified name"
              + QUALIFIED_NAME
              + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
    }
    if (slash == 0) {
      errors.add("prefix part must be non-empty");
    } else if (slash > 0) {
      dns1123Subdomain(key.substring(0, slash))
          .forEach(error -> errors.add("prefix part " + error));
    }
    String name = key.substring(slash + 1);
    if (name.isEmpty()) {
      errors.add("name part must be non-empty");
    } else if (length(name) > MAX_QUALIFIED_NAME) {
      errors.add("name part " + tooLong(MAX_QUALIFIED_NAME));
    }
    if (!isQualified(name)) {
      errors.add("name part" + QUALIFIED_NAME);
    }
    return errors.build();
  }

  /** Values of labels. */
  public static ImmutableList<String> labelValue(String value) {
    ImmutableList.Builder<String> errors = ImmutableList.builder();
    if (length(value) > MAX_LABEL_VALUE) {
      errors.add(tooLong(MAX_LABEL_VALUE));
    }
    if (!value.isEmpty() && !isQualified(value)) {
      errors.add(LABEL_VALUE);
    }
    return errors.build();
  }

  /** Names as of namespaces and containers. */
  public static ImmutableList<String> dns1123Label(String value) {
    ImmutableList.Builder<String> errors = ImmutableList.builder();
    if (length(value) > MAX_DNS_1123_LABEL) {
      errors.add(tooLong(MAX_DNS_1123_LABEL));
    }
    if (!isDnsLabel(value, 0, value.length())) {
      errors.add(DNS_1123_LABEL);
    }
    return errors.build();
  }

  /** Names as of pods and nodes: DNS labels with dots between them. */
  public static ImmutableList<String> dns1123Subdomain(String value) {
    ImmutableList.Builder<String> errors = ImmutableList.builder();
    if (length(value) > MAX_DNS_1123_SUBDOMAIN) {
      errors.add(tooLong(MAX_DNS_1123_SUBDOMAIN));
    }
    int start = 0;
    boolean right = true;
    while (start <= value.length() && right) {
      int dot = value.indexOf('.', start);
      int end = dot < 0 ? value.length() : dot;
      right = isDnsLabel(value, start, end);
      start = end + 1;
    }
    if (!right) {
      errors.add(DNS_1123_SUBDOMAIN);
    }
    return errors.build();
  }

  /** In bytes, as Go counts. */
  private static int length(String text) {
    return text.length() <= MAX_LABEL_VALUE / 3
        ? text.length()
        : text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String tooLong(int max) {
    return "must be no more than " + max + " characters";
  }

  private static boolean isQualified(String text) {
    int last = text.length() - 1;
    for (int i = 0; i <= last; i++) {
      char c = text.charAt(i);
      boolean inner = i > 0 && i < last && (c == '-' || c == '_' || c == '.');
      if (!inner && !isLowerAlphanumeric(c) && !(c >= 'A' && c <= 'Z')) {
        return false;
      }
    }
    return last >= 0;
  }

  private static boolean isDnsLabel(String text, int start, int end) {
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      boolean inner = i > start && i < end - 1 && c == '-';
      if (!inner && !isLowerAlphanumeric(c)) {
        return false;
      }
    }
    return end > start;
  }

  private static boolean isLowerAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }
}
