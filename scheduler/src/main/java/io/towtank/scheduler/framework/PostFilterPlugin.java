package io.towtank.scheduler.framework;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Pod;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks for a way out where no node fits (kube-scheduler: PostFilter). */
public interface PostFilterPlugin extends Plugin {
  /** What the filters said, and a way to ask what they would say. */
  interface Attempt {
    /** The pod that fits nowhere. */
    Pod pod();

    /** How many nodes the cluster has. */
    int nodes();

    /** How many nodes were turned down with each status. */
    Map<Status, Integer> rejections();

    /** What the filters said of a row. */
    Status verdict(int row);

    /**
     * What the filters say of a row after pods were taken from it or put back, with and without the
     * pods that are nominated for it.
     */
    Status verdictAfterChange(int row);
  }

  /**
   * The way out; the scheduler carries it out.
   *
   * @param status success where a node was found
   * @param nominatedNode the node on which the pod is to run once its victims are gone; empty to
   *     take an earlier nomination back; null to leave it as it is
   * @param victims the pods that have to go
   */
  record Result(Status status, @Nullable String nominatedNode, ImmutableList<Pod> victims) {
    /** There is none. */
    public static Result none(Status status, @Nullable String nominatedNode) {
      return new Result(status, nominatedNode, ImmutableList.of());
    }
  }

  /** Looks for a way out. Changes to the cluster state have to be undone. */
  Result postFilter(Attempt attempt);

  /**
   * Whether the plugin says the same of this pod as of all pods of its template of which it says
   * so, as long as nothing in the cluster changes: then it is not asked about each of thousands of
   * pods that fit nowhere.
   */
  default boolean isSameForTemplate(Pod pod) {
    return false;
  }
}
