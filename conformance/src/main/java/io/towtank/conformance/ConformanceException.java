package io.towtank.conformance;

/**
 * Golden data that cannot be run: no such directory, a file of an unknown kind, a line that is no
 * JSON. The message says where and what would be right; nothing was checked, or not all.
 */
public final class ConformanceException extends RuntimeException {
  ConformanceException(String message) {
    super(message);
  }

  ConformanceException(String message, Throwable cause) {
    super(message, cause);
  }
}
