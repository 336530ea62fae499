package io.towtank.scheduler.plugins.interpodaffinity;

import com.google.common.collect.ImmutableList;
import io.towtank.scheduler.framework.ClusterEventWithHint;
import io.towtank.scheduler.framework.PreFilterResult;
import io.towtank.scheduler.framework.SharedRules;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.framework.TopologyFilterPlugin;
import io.towtank.scheduler.framework.TopologyScore;
import io.towtank.scheduler.framework.TopologyScorePlugin;
import io.towtank.scheduler.plugins.Names;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.PodInfo;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Pods that want to be in one domain with others, or apart from them (kube-scheduler:
 * InterPodAffinity). Anti-affinity counts both ways: a pod also keeps off where it is not wanted.
 */
public final class InterPodAffinity implements TopologyFilterPlugin, TopologyScorePlugin {
  /** What the rules for a template are about, as long as no other terms appear. */
  private record Rules(
      long terms,
      long namespaces,
      long generation,
      RequiredTerms.About required,
      PreferredTerms.About preferred) {}

  private final ClusterState state;
  private final SharedRules<RequiredTerms.About, RequiredTerms> filters = new SharedRules<>();
  private final SharedRules<PreferredTerms.About, PreferredTerms> scores = new SharedRules<>();
  private final Map<PodInfo, Rules> rules = new WeakHashMap<>();
  private final int hardPodAffinityWeight;
  private final boolean ignorePreferredTermsOfExistingPods;

  /**
   * The plugin with its arguments.
   *
   * @param hardPodAffinityWeight what required affinity of existing pods counts in scores, 0 to 100
   * @param ignorePreferredTermsOfExistingPods whether a pod that prefers nothing itself has no
   *     scores at all, whatever pods that are there prefer or require
   */
  public InterPodAffinity(
      ClusterState state, int hardPodAffinityWeight, boolean ignorePreferredTermsOfExistingPods) {
    this.state = state;
    this.hardPodAffinityWeight = hardPodAffinityWeight;
    this.ignorePreferredTermsOfExistingPods = ignorePreferredTermsOfExistingPods;
  }

  @Override
  public String name() {
    return Names.INTER_POD_AFFINITY;
  }

  @Override
  public ImmutableList<ClusterEventWithHint> eventsToRegister() {
    return new PodEvents(state).registered();
  }

  /** What the rules are about changes only when terms appear that match such pods. */
  private Rules rules(PodInfo pod) {
    Rules known = rules.get(pod);
    long terms = state.podClasses().termsGeneration();
    long namespaces = state.namespaceGeneration();
    if (known != null && known.terms == terms && known.namespaces == namespaces) {
      return known;
    }
    RequiredTerms.About required = RequiredTerms.About.of(state, pod);
    PreferredTerms.About preferred =
        ignorePreferredTermsOfExistingPods && !prefersAnything(pod)
            ? PreferredTerms.About.NOTHING
            : PreferredTerms.About.of(state, pod, hardPodAffinityWeight > 0);
    boolean same =
        known != null && known.required.equals(required) && known.preferred.equals(preferred);
    long generation = known == null ? 0 : same ? known.generation : known.generation + 1;
    Rules now = new Rules(terms, namespaces, generation, required, preferred);
    rules.put(pod, now);
    return now;
  }

  private static boolean prefersAnything(PodInfo pod) {
    return !pod.terms().preferredAffinity().isEmpty()
        || !pod.terms().preferredAntiAffinity().isEmpty();
  }

  @Override
  public long generation(PodInfo pod) {
    return rules(pod).generation;
  }

  @Override
  public PreFilterResult<TopologyFilter> preFilter(PodInfo pod) {
    RequiredTerms.About about = rules(pod).required;
    return about.isEmpty() ? PreFilterResult.skip() : PreFilterResult.demand(rule(about));
  }

  @Override
  public @Nullable TopologyScore preScore(PodInfo pod) {
    PreferredTerms.About about = rules(pod).preferred;
    return about.isEmpty() ? null : rule(about);
  }

  private RequiredTerms rule(RequiredTerms.About about) {
    return filters.of(
        about,
        a -> {
          RequiredTerms.About blank = a.blank();
          return new RequiredTerms(state, a, a.equals(blank) ? null : rule(blank));
        });
  }

  private PreferredTerms rule(PreferredTerms.About about) {
    return scores.of(
        about,
        a -> {
          PreferredTerms.About blank = a.blank();
          return new PreferredTerms(
              state, a, hardPodAffinityWeight, a.equals(blank) ? null : rule(blank));
        });
  }
}
