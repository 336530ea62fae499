package io.towtank.scheduler.plugins.volumerestrictions;

import com.google.common.collect.ImmutableSet;
import io.towtank.scheduler.framework.Status;
import io.towtank.scheduler.framework.TopologyFilter;
import io.towtank.scheduler.plugins.volumebinding.PodClaims;
import io.towtank.scheduler.state.ClusterState;
import io.towtank.scheduler.state.CohortColumn;
import io.towtank.scheduler.state.PodInfo;
import java.util.Arrays;

/**
 * Claims that another pod uses keep the pod off all nodes; disks that another pod uses keep it off
 * that pod's node.
 */
final class Exclusive implements TopologyFilter, CohortColumn.Rows {
  static final Status REASON_IN_USE =
      Status.unschedulable(
          "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode"
              + " already in-use by another pod");
  static final Status REASON_DISK = Status.unschedulable("node(s) had no available disk");

  private static final long FREE = 0;
  private static final long DISK_CONFLICT = 1;

  private final ClusterState state;
  private final PodInfo pod;
  private final ImmutableSet<String> claims;
  private final boolean disks;
  private final CohortColumn column;
  private int[] usersOfRow = new int[0];
  private long users;

  Exclusive(ClusterState state, PodInfo pod, ImmutableSet<String> claims, boolean disks) {
    this.state = state;
    this.pod = pod;
    this.claims = claims;
    this.disks = disks;
    this.column = new CohortColumn(state, this);
  }

  @Override
  public long catchUp() {
    return column.catchUp(false);
  }

  @Override
  public int clear() {
    usersOfRow = new int[state.rows()];
    users = 0;
    return 1;
  }

  @Override
  public void take(int row) {
    if (row >= usersOfRow.length) {
      usersOfRow = Arrays.copyOf(usersOfRow, Math.max(row + 1, usersOfRow.length * 2));
    }
    int now = 0;
    for (int i = 0; i < state.podCount(row) && !claims.isEmpty(); i++) {
      PodInfo other = state.pod(row, i).info();
      if (other.namespace().equals(pod.namespace()) && !other.spec().volumes().isEmpty()) {
        for (String name : PodClaims.named(other)) {
          now += claims.contains(name) ? 1 : 0;
        }
      }
    }
    users += now - usersOfRow[row];
    usersOfRow[row] = now;
  }

  @Override
  public void features(int row, int slot, long[] features) {
    features[0] = FREE;
    for (int i = 0; i < state.podCount(row) && disks; i++) {
      if (Disks.conflict(pod.spec(), state.pod(row, i).info().spec())) {
        features[0] = DISK_CONFLICT;
      }
    }
  }

  @Override
  public CohortColumn cohorts() {
    return column;
  }

  @Override
  public Status filter(int cohort) {
    if (column.feature(cohort, 0) == DISK_CONFLICT) {
      return REASON_DISK;
    }
    return users > 0 ? REASON_IN_USE : Status.SUCCESS;
  }
}
