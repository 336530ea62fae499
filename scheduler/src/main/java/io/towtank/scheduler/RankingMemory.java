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

  private @Nullable Use user;

  /** One ranking's use of a memory: the one it was lent, then its own. */
  static final class Use {
    private RankingMemory memory;
    private boolean wasUsed;

    Use(RankingMemory lent) {
      memory = lent;
    }

    RankingMemory memory() {
      return memory;
    }

    /** Makes sure of a memory; says whether there is nothing in it. */
    boolean take() {
      if (isMine()) {
        return false;
      }
      if (wasUsed) {
        memory = new RankingMemory();
      }
      wasUsed = true;
      memory.user = this;
      return true;
    }

    /** Whether what is in the memory is what this one put there. */
    @SuppressWarnings("ReferenceEquality") // Uses have no content to compare.
    boolean isMine() {
      return memory.user == this;
    }
  }
}
