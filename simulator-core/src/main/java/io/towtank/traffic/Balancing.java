package io.towtank.traffic;

import com.google.common.collect.ImmutableMap;
import io.towtank.time.RandomStream;
import java.util.Arrays;

/**
 * How requests are spread over endpoints: which share each gets over time, how even its arrivals
 * are, and how many of so many requests it gets.
 *
 * <p>{@code BalancedQueuesTest} holds the waits that follow from it against pods in which every
 * request is simulated.
 */
public enum Balancing {
  /** All alike, by chance: iptables, nftables, Envoy's RANDOM, a client with several A records. */
  RANDOM,
  /** One after the other: IPVS rr, userspace, Envoy's ROUND_ROBIN. */
  ROUND_ROBIN,
  /** Where fewest connections are open (IPVS lc): those get more that are done with theirs. */
  LEAST_CONNECTION,
  /** Where (connections + 1) / weight is least (IPVS sed); kube-proxy gives all the weight 1. */
  SHORTEST_EXPECTED_DELAY,
  /** Who is idle, and else as sed (IPVS nq). */
  NEVER_QUEUE,
  /** By a hash of the client's address (IPVS sh). */
  SOURCE_HASH,
  /**
   * By a hash of the address that is asked for, which of a service is always the same (IPVS dh).
   */
  DESTINATION_HASH,
  /** The less busy of two that are drawn (Envoy's LEAST_REQUEST). */
  LEAST_REQUEST;

  /** The schedulers of IPVS by their names. */
  public static final ImmutableMap<String, Balancing> IPVS_SCHEDULERS =
      ImmutableMap.<String, Balancing>builder()
          .put("rr", ROUND_ROBIN)
          .put("lc", LEAST_CONNECTION)
          .put("sh", SOURCE_HASH)
          .put("dh", DESTINATION_HASH)
          .put("sed", SHORTEST_EXPECTED_DELAY)
          .put("nq", NEVER_QUEUE)
          .buildOrThrow();

  // Linux: IP_VS_SH_TAB_BITS, GOLDEN_RATIO_32
  private static final int HASH_BITS = 8;
  private static final int GOLDEN_RATIO = 0x61C88647;

  /** Below this, draws are made one by one: a bell is no good picture of few. */
  private static final double FEW = 16;

  /**
   * The share of requests that each of some endpoints gets.
   *
   * @param capacities how much each can do, in any unit; it decides where connections are counted
   * @param clients how many addresses requests come from, for hashes
   */
  public double[] shares(double[] capacities, int clients) {
    int count = capacities.length;
    double[] shares = new double[count];
    switch (this) {
      case RANDOM, ROUND_ROBIN, LEAST_REQUEST -> Arrays.fill(shares, 1.0 / count);
      case LEAST_CONNECTION, SHORTEST_EXPECTED_DELAY, NEVER_QUEUE -> {
        // Equal numbers of open connections: by Little's law as many requests as are finished.
        double total = 0;
        for (double capacity : capacities) {
          total += capacity;
        }
        for (int i = 0; i < count; i++) {
          shares[i] = capacities[i] / total;
        }
      }
      case SOURCE_HASH -> {
        for (int client = 0; client < clients; client++) {
          shares[hash(address(client)) % count] += 1.0 / clients;
        }
      }
      case DESTINATION_HASH -> shares[0] = 1;
    }
    return shares;
  }

  /** Linux: ip_vs_sh_hashkey, a slot of a table that is filled with endpoints by turns. */
  private static int hash(int address) {
    return (address * GOLDEN_RATIO) >>> (32 - HASH_BITS);
  }

  /** The address of a client: those of 10.0.0.0/8 one after the other. */
  private static int address(int client) {
    return (10 << 24) | (client + 2);
  }

  /**
   * How even the arrivals at an endpoint are, as the squared coefficient of variation of the gaps
   * between them: 1 by chance, less where every so many-th request is its own. Many senders who
   * each take turns by themselves are like chance again.
   *
   * @param senders how many decide for themselves
   */
  public double arrivalVariation(int endpoints, double senders) {
    return switch (this) {
      case ROUND_ROBIN -> 1 - (1 - 1.0 / endpoints) / Math.max(1, senders);
      default -> 1;
    };
  }

  /**
   * With how many workers an endpoint's own behave: a request that goes where least is going on
   * waits as if endpoints shared a queue, as far as one sender sees them.
   *
   * @param workers of one endpoint
   * @param senders how many decide for themselves, each by what it sent
   */
  public double pooledWorkers(double workers, int endpoints, double senders) {
    return switch (this) {
      case LEAST_CONNECTION, SHORTEST_EXPECTED_DELAY, NEVER_QUEUE ->
          workers * Math.max(1, endpoints / Math.max(1, senders));
      // Of two that are drawn: between the waits of a queue of one's own and of one for all.
      case LEAST_REQUEST ->
          workers * Math.max(1, Math.min(4, endpoints) / Math.max(1, senders / endpoints));
      default -> workers;
    };
  }

  private boolean byTurns() {
    return this == ROUND_ROBIN
        || this == LEAST_CONNECTION
        || this == SHORTEST_EXPECTED_DELAY
        || this == NEVER_QUEUE;
  }

  /**
   * How many of some requests each endpoint gets.
   *
   * @param shares of the endpoints; their sum is 1
   * @param turn where the requests before ended, as a part of a round; from 0 to 1
   * @param counts filled in
   * @return where these end
   */
  double draw(long requests, double[] shares, double turn, RandomStream random, long[] counts) {
    if (byTurns()) {
      return byTurns(requests, shares, turn, counts);
    }
    long left = requests;
    double leftShare = 1;
    int last = shares.length - 1;
    for (int i = 0; i < last; i++) {
      // iptables: --probability 1/(n-i) of what the rules before let through.
      counts[i] =
          left == 0 || shares[i] <= 0
              ? 0
              : binomial(left, Math.min(1, shares[i] / leftShare), random);
      left -= counts[i];
      leftShare -= shares[i];
    }
    counts[last] = left;
    return turn;
  }

  /**
   * Each gets its share, rounded down or up, so that the sum is right: those are rounded up whose
   * turn it is.
   */
  private static double byTurns(long requests, double[] shares, double turn, long[] counts) {
    double even = (double) requests / shares.length;
    long each = (long) even;
    int more = (int) (requests - each * shares.length);
    int next = (int) Math.round(turn * shares.length) % shares.length;
    boolean alike = true;
    for (double share : shares) {
      alike &= Math.abs(share * shares.length - 1) < 1e-9;
    }
    if (alike) {
      for (int i = 0; i < shares.length; i++) {
        int place = i - next < 0 ? i - next + shares.length : i - next;
        counts[i] = each + (place < more ? 1 : 0);
      }
      return (double) ((next + more) % shares.length) / shares.length;
    }
    double sum = turn;
    long before = 0;
    for (int i = 0; i < shares.length; i++) {
      sum += shares[i] * requests;
      long upTo = i == shares.length - 1 ? requests : Math.min(requests, (long) sum);
      counts[i] = upTo - before;
      before = upTo;
    }
    return (turn + 0.618033988749895) % 1;
  }

  /** How often something of a probability happens in so many trials. */
  static long binomial(long trials, double probability, RandomStream random) {
    if (probability >= 1) {
      return trials;
    }
    double mean = trials * probability;
    double other = trials - mean;
    if (mean < FEW) {
      return few(trials, probability, random);
    }
    if (other < FEW) {
      return trials - few(trials, 1 - probability, random);
    }
    double drawn = mean + Math.sqrt(mean * (1 - probability)) * bell(random);
    return Math.max(0, Math.min(trials, Math.round(drawn)));
  }

  /** By going up the distribution until it exceeds a number drawn. */
  private static long few(long trials, double probability, RandomStream random) {
    double odds = probability / (1 - probability);
    double term = StrictMath.exp(trials * StrictMath.log1p(-probability));
    double left = random.nextDouble();
    long count = 0;
    while (left > term && count < trials) {
      left -= term;
      count++;
      term *= odds * (trials - count + 1) / count;
      if (term < 1e-300) {
        break;
      }
    }
    return count;
  }

  /** The sum of four even numbers, scaled: near enough to a bell, and the same everywhere. */
  private static double bell(RandomStream random) {
    long bits = random.nextLong();
    long sum = 0;
    for (int i = 0; i < 4; i++) {
      sum += (bits >>> (16 * i)) & 0xffff;
    }
    // Of mean 2 and variance 1/3, in 65536ths.
    return (sum / 65536.0 - 2 + 2 / 65536.0) * 1.7320508075688772;
  }
}
