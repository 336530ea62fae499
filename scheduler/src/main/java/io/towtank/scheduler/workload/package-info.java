/**
 * The workloads of kube-scheduler's own benchmark (scheduler_perf), as objects: for {@code towtank
 * bench scheduler}, for the benchmarks and for tests. {@link
 * io.towtank.scheduler.workload.SchedulerWorkload} lists them.
 */
@NullMarked
package io.towtank.scheduler.workload;

import org.jspecify.annotations.NullMarked;
