package io.towtank.validation;

import com.google.common.base.Ascii;
import org.jspecify.annotations.Nullable;

/** The forms that names have to have (apimachinery: util/validation). */
enum NameCheck {
  /** Lower case letters, digits and hyphens, up to 63 (RFC 1123). */
  DNS_LABEL {
    @Override
    @Nullable String problem(String name) {
      return name.length() > LABEL
          ? tooLong(LABEL)
          : isLabel(name)
              ? null
              : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or"
                  + " '-', and must start and end with an alphanumeric character (e.g. 'my-name', "
                  + " or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
    }
  },

  /** As a label, but beginning with a letter (RFC 1035). */
  DNS_1035_LABEL {
    @Override
    @Nullable String problem(String name) {
      return name.length() > LABEL
          ? tooLong(LABEL)
          : isLabel(name) && !isDigit(name.charAt(0))
              ? null
              : "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start"
                  + " with an alphabetic character, and end with an alphanumeric character (e.g."
                  + " 'my-name',  or 'abc-123', regex used for validation is"
                  + " '[a-z]([-a-z0-9]*[a-z0-9])?')";
    }
  },

  /** Labels with dots between them, up to 253 (RFC 1123). */
  DNS_SUBDOMAIN {
    @Override
    @Nullable String problem(String name) {
      return name.length() > SUBDOMAIN
          ? tooLong(SUBDOMAIN)
          : isSubdomain(name)
              ? null
              : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters,"
                  + " '-' or '.', and must start and end with an alphanumeric character (e.g."
                  + " 'example.com', regex used for validation is"
                  + " '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    }
  },

  /** What can be a part of a path: names of roles. */
  PATH_SEGMENT {
    @Override
    @Nullable String problem(String name) {
      if (name.equals(".") || name.equals("..")) {
        return "may not be '" + name + "'";
      }
      return name.contains("/")
          ? "may not contain '/'"
          : name.contains("%") ? "may not contain '%'" : null;
    }

    @Override
    @Nullable String suggestion(String name) {
      return null;
    }
  },

  /** Keys of labels, annotations, resources: a name, perhaps with a domain before it. */
  QUALIFIED_NAME {
    @Override
    @Nullable String problem(String name) {
      int slash = name.indexOf('/');
      if (name.indexOf('/', slash + 1) >= 0) {
        return NAME_FORM
            + " with an optional DNS subdomain prefix and '/' (e.g."
            + " 'example.com/MyName')";
      }
      if (slash == 0) {
        return "prefix part must be non-empty";
      }
      if (slash > 0 && !isSubdomain(name.substring(0, slash))) {
        return "prefix part " + DNS_SUBDOMAIN.problem(name.substring(0, slash));
      }
      String last = name.substring(slash + 1);
      return last.isEmpty()
          ? "name part must be non-empty"
          : last.length() > LABEL
              ? "name part " + tooLong(LABEL)
              : isName(last) ? null : "name part " + NAME_FORM;
    }

    @Override
    @Nullable String suggestion(String name) {
      return null;
    }
  },

  LABEL_VALUE {
    @Override
    @Nullable String problem(String name) {
      return name.length() > LABEL
          ? tooLong(LABEL)
          : name.isEmpty() || isName(name)
              ? null
              : "a valid label must be an empty string or consist of alphanumeric characters, '-',"
                  + " '_' or '.', and must start and end with an alphanumeric character (e.g."
                  + " 'MyValue',  or 'my_value',  or '12345', regex used for validation is"
                  + " '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
    }

    @Override
    @Nullable String suggestion(String name) {
      return null;
    }
  },

  /** Names of ports: IANA service names. */
  PORT_NAME {
    @Override
    @Nullable String problem(String name) {
      if (name.length() > 15) {
        return tooLong(15);
      }
      if (!name.matches("[-a-z0-9]+")) {
        return "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)";
      }
      if (!name.matches(".*[a-z].*")) {
        return "must contain at least one letter (a-z)";
      }
      if (name.contains("--")) {
        return "must not contain consecutive hyphens";
      }
      return name.startsWith("-") || name.endsWith("-")
          ? "must not begin or end with a hyphen"
          : null;
    }
  },

  /** Keys of ConfigMaps and Secrets. */
  CONFIG_KEY {
    @Override
    @Nullable String problem(String name) {
      if (name.length() > SUBDOMAIN) {
        return tooLong(SUBDOMAIN);
      }
      if (!name.matches("[-._a-zA-Z0-9]+")) {
        return "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g."
            + " 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is"
            + " '[-._a-zA-Z0-9]+')";
      }
      return name.equals(".") || name.equals("..") || name.startsWith("..")
          ? "must not start with '..'"
          : null;
    }

    @Override
    @Nullable String suggestion(String name) {
      return null;
    }
  },

  /** Names of environment variables (1.34: any printable ASCII but '='). */
  ENV_NAME {
    @Override
    @Nullable String problem(String name) {
      return name.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '=')
          ? null
          : "a valid environment variable name must consist only of printable ASCII characters"
              + " other than '='";
    }

    @Override
    @Nullable String suggestion(String name) {
      return null;
    }
  };

  private static final int LABEL = 63;
  private static final int SUBDOMAIN = 253;
  private static final String NAME_FORM =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
          + " alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for"
          + " validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

  /** What is wrong with a name, in Kubernetes' words; null where nothing is. */
  abstract @Nullable String problem(String name);

  /** A name that would do and is like this one, null where there is none. */
  @Nullable String suggestion(String name) {
    String tame = Ascii.toLowerCase(name).replaceAll("[^-a-z0-9.]+", "-");
    if (this != DNS_SUBDOMAIN) {
      tame = tame.replace('.', '-');
    }
    tame = tame.replaceAll("^[-.]+|[-.]+$", "").replaceAll("-{2,}", "-");
    return tame.isEmpty() || tame.equals(name) || problem(tame) != null
        ? null
        : "for example \"" + tame + "\"";
  }

  private static String tooLong(int most) {
    return "must be no more than " + most + " characters";
  }

  private static boolean isLabel(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean inside = i > 0 && i < name.length() - 1;
      if (!(isDigit(c) || (c >= 'a' && c <= 'z') || (c == '-' && inside))) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean isSubdomain(String name) {
    int from = 0;
    for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', from)) {
      if (!isLabel(name.substring(from, dot))) {
        return false;
      }
      from = dot + 1;
    }
    return isLabel(name.substring(from));
  }

  private static boolean isName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean inside = i > 0 && i < name.length() - 1;
      if (!(isDigit(c)
          || (c >= 'a' && c <= 'z')
          || (c >= 'A' && c <= 'Z')
          || ((c == '-' || c == '_' || c == '.') && inside))) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
