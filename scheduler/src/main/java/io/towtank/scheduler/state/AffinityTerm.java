package io.towtank.scheduler.state;

/**
 * A pod (anti-)affinity term, ready to be matched.
 *
 * @param topologyKey the label whose values are the domains
 * @param weight of a preferred term; 0 where it is required
 */
public record AffinityTerm(PodSelector selector, String topologyKey, int weight) {
  /** A term about no pods, by the same topology. */
  public AffinityTerm blank() {
    return new AffinityTerm(PodSelector.NOTHING, topologyKey, 0);
  }
}
