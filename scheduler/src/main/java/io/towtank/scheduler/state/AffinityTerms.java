package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableList;

/** All pod (anti-)affinity terms of a pod. */
public record AffinityTerms(
    ImmutableList<AffinityTerm> requiredAffinity,
    ImmutableList<AffinityTerm> requiredAntiAffinity,
    ImmutableList<AffinityTerm> preferredAffinity,
    ImmutableList<AffinityTerm> preferredAntiAffinity) {
  /** What most pods have. */
  public static final AffinityTerms NONE =
      new AffinityTerms(
          ImmutableList.of(), ImmutableList.of(), ImmutableList.of(), ImmutableList.of());

  /** What a term is for. */
  public enum Kind {
    /** Nodes must be near such pods. */
    REQUIRED_AFFINITY,
    /** Nodes must be away from such pods. */
    REQUIRED_ANTI_AFFINITY,
    /** Nodes near such pods are better. */
    PREFERRED_AFFINITY,
    /** Nodes away from such pods are better. */
    PREFERRED_ANTI_AFFINITY
  }

  /** The terms of a kind. */
  public ImmutableList<AffinityTerm> of(Kind kind) {
    return switch (kind) {
      case REQUIRED_AFFINITY -> requiredAffinity;
      case REQUIRED_ANTI_AFFINITY -> requiredAntiAffinity;
      case PREFERRED_AFFINITY -> preferredAffinity;
      case PREFERRED_ANTI_AFFINITY -> preferredAntiAffinity;
    };
  }
}
