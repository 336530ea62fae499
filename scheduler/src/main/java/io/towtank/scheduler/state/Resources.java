package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableMap;
import io.towtank.api.Quantity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives every resource name a small number, which is its column's.
 *
 * <p>As in kube-scheduler's framework.Resource, CPU is counted in millicores and everything else in
 * whole units, rounded up; {@code pods} is not a resource but a limit.
 */
public final class Resources {
  public static final int CPU = 0;
  public static final int MEMORY = 1;
  public static final int EPHEMERAL_STORAGE = 2;

  private static final long DEFAULT_MILLI_CPU = 100;
  private static final long DEFAULT_MEMORY = 200L * 1024 * 1024;

  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private final List<String> names = new ArrayList<>();

  public Resources() {
    id("cpu");
    id("memory");
    id("ephemeral-storage");
  }

  /** The resource's number; a new one where it was not seen before. */
  public int id(String name) {
    Integer known = ids.get(name);
    if (known != null) {
      return known;
    }
    ids.put(name, names.size());
    names.add(name);
    return names.size() - 1;
  }

  /** The name of a number. */
  public String name(int id) {
    return names.get(id);
  }

  /** How many resources were seen. */
  public int count() {
    return names.size();
  }

  /** Amounts by resource number; what is not asked for is 0. */
  public long[] amounts(ImmutableMap<String, Quantity> quantities) {
    for (String name : quantities.keySet()) {
      if (isColumn(name)) {
        id(name);
      }
    }
    long[] amounts = new long[count()];
    quantities.forEach((name, quantity) -> {
      if (isColumn(name)) {
        amounts[id(name)] = amount(name, quantity);
      }
    });
    return amounts;
  }

  private static boolean isColumn(String name) {
    return !name.equals("pods");
  }

  static long amount(String name, Quantity quantity) {
    return name.equals("cpu") ? quantity.milliValue() : quantity.value();
  }

  /** What a container counts for in scores where it asks for no CPU, in millicores. */
  static long defaultRequest(int resource) {
    return switch (resource) {
      case CPU -> DEFAULT_MILLI_CPU;
      case MEMORY -> DEFAULT_MEMORY;
      default -> 0;
    };
  }
}
