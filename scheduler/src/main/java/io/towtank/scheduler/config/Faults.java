package io.towtank.scheduler.config;

import java.util.ArrayList;
import java.util.List;

/** All that is wrong in parts of a configuration that can be read apart. */
public final class Faults {
  private final List<ConfigurationException> found = new ArrayList<>();

  /** None yet. */
  public Faults() {}

  /** Does something with a part, and keeps what is wrong in it. */
  public void in(Runnable part) {
    try {
      part.run();
    } catch (ConfigurationException e) {
      found.add(e);
    }
  }

  /**
   * Ends the reading where anything was wrong.
   *
   * @throws ConfigurationException the first fault, with the others suppressed
   */
  public void throwIfAny() {
    if (found.isEmpty()) {
      return;
    }
    ConfigurationException first = found.getFirst();
    found.subList(1, found.size()).forEach(first::addSuppressed);
    throw first;
  }
}
