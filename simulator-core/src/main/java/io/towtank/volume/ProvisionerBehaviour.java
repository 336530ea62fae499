package io.towtank.volume;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.towtank.api.StorageClass;
import io.towtank.latency.Distribution;
import io.towtank.latency.Distributions;
import org.jspecify.annotations.Nullable;

/**
 * What a class's annotations say of the storage behind it.
 *
 * <table>
 *   <caption>The annotations</caption>
 *   <tr><td>{@code towtank.io/provision-after}</td><td>how long a volume takes to be made, as in
 *       {@code 10s} or {@code lognormal(5s, 0.4)}; without it, as the latency profile says
 *   <tr><td>{@code towtank.io/failure-rate}</td><td>which part of all tries to make one fails, as
 *       in {@code 0.1}
 *   <tr><td>{@code towtank.io/topology-keys}</td><td>the node labels that say from where a volume
 *       can be reached, as in {@code topology.kubernetes.io/zone}; without it, those that the
 *       driver names in CSINode objects
 * </table>
 *
 * @param provision null for the latency profile's
 * @param failureRate from 0 to 1
 */
public record ProvisionerBehaviour(
    @Nullable Distribution provision, double failureRate, ImmutableList<String> topologyKeys) {
  /** How long a volume takes to be made. */
  public static final String PROVISION_AFTER = "towtank.io/provision-after";

  /** Which part of all tries fails. */
  public static final String FAILURE_RATE = "towtank.io/failure-rate";

  /** The node labels that say from where a volume can be reached. */
  public static final String TOPOLOGY_KEYS = "towtank.io/topology-keys";

  /** What a class says. What is wrong is taken for absent: {@link #problem} tells of it. */
  public static ProvisionerBehaviour of(StorageClass storageClass) {
    var annotations = storageClass.metadata().annotations();
    String after = annotations.get(PROVISION_AFTER);
    String keys = annotations.get(TOPOLOGY_KEYS);
    return new ProvisionerBehaviour(
        after == null || problem(PROVISION_AFTER, after) != null
            ? null
            : Distributions.parse(after),
        Math.max(0, rate(annotations.getOrDefault(FAILURE_RATE, "0"))),
        keys == null
            ? ImmutableList.of()
            : ImmutableList.copyOf(Splitter.on(',').trimResults().omitEmptyStrings().split(keys)));
  }

  /**
   * What is wrong with an annotation's value, to be said after it; null where nothing is, or it is
   * none of these.
   */
  public static @Nullable String problem(String name, String value) {
    switch (name) {
      case PROVISION_AFTER -> {
        try {
          Distributions.parse(value);
        } catch (IllegalArgumentException e) {
          String message = String.valueOf(e.getMessage());
          String quoted = "\"" + value + "\" ";
          return message.startsWith(quoted) ? message.substring(quoted.length()) : message;
        }
      }
      case FAILURE_RATE -> {
        if (rate(value) < 0) {
          return "is no part of all tries: it is from 0 to 1, as 0.1";
        }
      }
      default -> {
        // Somebody else's, or any text will do.
      }
    }
    return null;
  }

  private static double rate(String text) {
    try {
      double rate = Double.parseDouble(text);
      return rate >= 0 && rate <= 1 ? rate : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
