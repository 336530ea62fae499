package io.towtank.scheduler;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.Cohorts;
import io.towtank.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What plugins that look at a node's kind alone say of each kind. Templates that ask such plugins
 * for the same (the same CPU and memory, the same tolerations) share it.
 */
final class KindVerdicts {
  private static final int CAPACITY = 256;

  /** Those of a scheduler; the ones that were not asked for longest are forgotten. */
  static final class Known {
    private record Key(String schedulerName, ImmutableList<Object> demands) {}

    private final Map<Key, KindVerdicts> known =
        new LinkedHashMap<>(64, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, KindVerdicts> eldest) {
            return size() > CAPACITY;
          }
        };

    KindVerdicts of(ClusterState state, Profile profile, PodDemands.Part part) {
      return known.computeIfAbsent(
          new Key(profile.schedulerName(), part.demands()), k -> new KindVerdicts(state, part));
    }
  }

  /** A status and the filter that gave it. */
  record Refusal(Status status, PodDemands.NodeFilter<?> filter) {}

  private static final int UNKNOWN = -1;

  private final ClusterState state;
  private final PodDemands.Part part;
  private long generation = -1;
  // Statuses by number, less one: 0 is success.
  private final List<Refusal> refusals = new ArrayList<>();
  // A status's number and the raw scores that are normalised later.
  private final Cohorts answers;
  private final long[] key;
  // By kind.
  private int[] answerOf = new int[0];
  private int[] scoreOf = new int[0];

  private KindVerdicts(ClusterState state, PodDemands.Part part) {
    this.state = state;
    this.part = part;
    this.answers = new Cohorts(1 + part.normalized.size());
    this.key = new long[1 + part.normalized.size()];
  }

  /** Forgets what was said of kinds whose numbers are given out anew. */
  void catchUp() {
    if (generation != state.nodeKindGeneration()) {
      generation = state.nodeKindGeneration();
      Arrays.fill(answerOf, UNKNOWN);
    }
  }

  /** The number of what is said of a kind of which a row is. */
  int answer(int kind, int row) {
    if (kind >= answerOf.length) {
      int before = answerOf.length;
      answerOf = Arrays.copyOf(answerOf, Math.max(kind + 1, Math.max(64, before * 2)));
      Arrays.fill(answerOf, before, answerOf.length, UNKNOWN);
      scoreOf = Arrays.copyOf(scoreOf, answerOf.length);
    }
    int answer = answerOf[kind];
    if (answer == UNKNOWN) {
      answer = ask(state.nodeInfo(row));
      answerOf[kind] = answer;
      scoreOf[kind] = part.score(state.nodeInfo(row));
    }
    return answer;
  }

  /** The sum of the scores of a kind that need no normalisation, after {@link #answer}. */
  int score(int kind) {
    return scoreOf[kind];
  }

  private int ask(NodeInfo node) {
    key[0] = 0;
    for (int i = 0; i < part.filters.size() && key[0] == 0; i++) {
      PodDemands.NodeFilter<?> filter = part.filters.get(i);
      Status status = filter.filter(node);
      if (!status.isSuccess()) {
        key[0] = number(new Refusal(status, filter));
      }
    }
    for (int i = 0; i < part.normalized.size(); i++) {
      key[i + 1] = part.normalized.get(i).raw(node);
    }
    return answers.of(key);
  }

  private int number(Refusal refusal) {
    int known = refusals.indexOf(refusal);
    if (known < 0) {
      known = refusals.size();
      refusals.add(refusal);
    }
    return known + 1;
  }

  /** The number of an answer's status; 0 is success. */
  int status(int answer) {
    return (int) answers.feature(answer, 0);
  }

  /** What a status's number stands for, if it is not 0. */
  Refusal refusal(int status) {
    return refusals.get(status - 1);
  }

  /** How many different statuses were given so far, success included. */
  int statuses() {
    return refusals.size() + 1;
  }

  /** The raw score of an answer, by position among the part's normalised scores. */
  long raw(int answer, int index) {
    return answers.feature(answer, index + 1);
  }
}
