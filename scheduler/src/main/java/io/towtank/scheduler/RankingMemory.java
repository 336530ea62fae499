package io.towtank.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Where a {@link NodeRanking} keeps what it knows of classes. Templates that are used once share
 * one; who finds it taken by another gets one of its own.
 */
final class RankingMemory {
  final ClassHeaps heaps = new ClassHeaps();

  /** The group of classes, by what is said of their kind and by their combination. */
  final PairTable groups = new PairTable();

  @Nullable NodeRanking user;
}
