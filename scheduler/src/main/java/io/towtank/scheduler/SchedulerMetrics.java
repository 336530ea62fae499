package io.towtank.scheduler;

import io.towtank.record.Recorder;
import io.towtank.scheduler.framework.Status;
import java.util.HashMap;
import java.util.Map;

/**
 * What the scheduler counts: {@code scheduler/attempts}, {@code scheduler/scheduled}, {@code
 * scheduler/unschedulable}, {@code scheduler/failed} and, for each reason, on how many nodes it was
 * given ({@code scheduler/reasons/Insufficient cpu}).
 */
final class SchedulerMetrics {
  private final Recorder recorder;
  private final long[] attempts;
  private final long[] scheduled;
  private final long[] unschedulable;
  private final long[] failed;
  private final Map<String, long[]> reasons = new HashMap<>();

  SchedulerMetrics(Recorder recorder) {
    this.recorder = recorder;
    attempts = recorder.counter("scheduler/attempts");
    scheduled = recorder.counter("scheduler/scheduled");
    unschedulable = recorder.counter("scheduler/unschedulable");
    failed = recorder.counter("scheduler/failed");
  }

  void attempted() {
    attempts[0]++;
  }

  void scheduled() {
    scheduled[0]++;
  }

  void failed() {
    failed[0]++;
  }

  void unschedulable(Map<Status, Integer> rejections) {
    unschedulable[0]++;
    rejections.forEach((status, nodes) -> {
      for (String reason : status.reasons()) {
        reasons.computeIfAbsent(reason, r -> recorder.counter("scheduler/reasons/" + r))[0] +=
            nodes;
      }
    });
  }
}
