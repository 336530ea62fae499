package io.towtank.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Where a {@link NodeRanking} keeps what it knows of classes. Templates that are used once share
 * one; who finds it taken by another gets one of its own.
 */
final class RankingMemory {
  final ClassHeaps heaps = new ClassHeaps();
  final AnswerMemo combinations = new AnswerMemo();
  final AnswerMemo groups = new AnswerMemo();
  @Nullable NodeRanking user;
}
