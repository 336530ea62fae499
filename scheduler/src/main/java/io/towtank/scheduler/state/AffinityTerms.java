package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;

/**
 * All pod (anti-)affinity terms of a pod. Pods with the same terms share one instance.
 *
 * @param id small number, unique in the cluster; 0 for no terms at all
 */
public record AffinityTerms(
    int id,
    ImmutableList<AffinityTerm> requiredAffinity,
    ImmutableList<AffinityTerm> requiredAntiAffinity,
    ImmutableList<AffinityTerm> preferredAffinity,
    ImmutableList<AffinityTerm> preferredAntiAffinity) {}
