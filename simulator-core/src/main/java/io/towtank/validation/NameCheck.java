package io.towtank.validation;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import io.towtank.api.NameRules;
import org.jspecify.annotations.Nullable;

/** The forms that names have to have (apimachinery: util/validation). */
enum NameCheck {
  /** Lower case letters, digits and hyphens, up to 63 (RFC 1123). */
  DNS_LABEL {
    @Override
    ImmutableList<String> problems(String name) {
      return NameRules.dns1123Label(name);
    }
  },

  /** As a label, but beginning with a letter (RFC 1035). */
  DNS_1035_LABEL {
    @Override
    ImmutableList<String> problems(String name) {
      boolean startsWithDigit = !name.isEmpty() && name.charAt(0) >= '0' && name.charAt(0) <= '9';
      return NameRules.dns1123Label(name).isEmpty() && !startsWithDigit
          ? ImmutableList.of()
          : ImmutableList.of(
              "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start"
                  + " with an alphabetic character, and end with an alphanumeric character (e.g."
                  + " 'my-name',  or 'abc-123', regex used for validation is"
                  + " '[a-z]([-a-z0-9]*[a-z0-9])?')");
    }
  },

  /** Labels with dots between them, up to 253 (RFC 1123). */
  DNS_SUBDOMAIN {
    @Override
    ImmutableList<String> problems(String name) {
      return NameRules.dns1123Subdomain(name);
    }
  },

  /** What can be a part of a path: names of roles. */
  PATH_SEGMENT {
    @Override
    ImmutableList<String> problems(String name) {
      ImmutableList.Builder<String> problems = ImmutableList.builder();
      if (name.equals(".") || name.equals("..")) {
        problems.add("may not be '" + name + "'");
      }
      for (String character : new String[] {"/", "%"}) {
        if (name.contains(character)) {
          problems.add("may not contain '" + character + "'");
        }
      }
      return problems.build();
    }
  },

  /** Keys of labels, annotations, resources: a name, perhaps with a domain before it. */
  QUALIFIED_NAME {
    @Override
    ImmutableList<String> problems(String name) {
      return NameRules.labelKey(name);
    }
  },

  LABEL_VALUE {
    @Override
    ImmutableList<String> problems(String name) {
      return NameRules.labelValue(name);
    }
  },

  /** Names of ports: IANA service names. */
  PORT_NAME {
    @Override
    ImmutableList<String> problems(String name) {
      ImmutableList.Builder<String> problems = ImmutableList.builder();
      if (name.length() > 15) {
        problems.add("must be no more than 15 characters");
      }
      if (!name.matches("[-a-z0-9]*")) {
        problems.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
      }
      if (!name.matches(".*[a-z].*")) {
        problems.add("must contain at least one letter (a-z)");
      }
      if (name.contains("--")) {
        problems.add("must not contain consecutive hyphens");
      }
      if (name.startsWith("-") || name.endsWith("-")) {
        problems.add("must not begin or end with a hyphen");
      }
      return problems.build();
    }
  },

  /** Keys of ConfigMaps and Secrets. */
  CONFIG_KEY {
    @Override
    ImmutableList<String> problems(String name) {
      ImmutableList.Builder<String> problems = ImmutableList.builder();
      if (name.length() > 253) {
        problems.add("must be no more than 253 characters");
      }
      if (!name.matches("[-._a-zA-Z0-9]+")) {
        problems.add(
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g."
                + " 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is"
                + " '[-._a-zA-Z0-9]+')");
      }
      if (name.equals(".")) {
        problems.add("must not be '.'");
      } else if (name.startsWith("..")) {
        problems.add("must not start with '..'");
      }
      return problems.build();
    }
  },

  /** Names of environment variables (1.34: any printable ASCII but '='). */
  ENV_NAME {
    @Override
    ImmutableList<String> problems(String name) {
      return name.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '=')
          ? ImmutableList.of()
          : ImmutableList.of(
              "a valid environment variable name must consist only of printable ASCII characters"
                  + " other than '='");
    }
  };

  /** What is wrong with a name, in Kubernetes' words; nothing where all is right. */
  abstract ImmutableList<String> problems(String name);

  /** Advice: a name that would do and is like this one, null where there is none. */
  @Nullable String suggestion(String name) {
    if (this != DNS_LABEL && this != DNS_1035_LABEL && this != DNS_SUBDOMAIN && this != PORT_NAME) {
      return null;
    }
    String tame = Ascii.toLowerCase(name).replaceAll("[^-a-z0-9.]+", "-");
    if (this != DNS_SUBDOMAIN) {
      tame = tame.replace('.', '-');
    }
    tame = tame.replaceAll("^[-.]+|[-.]+$", "").replaceAll("-{2,}", "-");
    return tame.isEmpty() || tame.equals(name) || !problems(tame).isEmpty()
        ? null
        : "for example \"" + tame + "\"";
  }
}
