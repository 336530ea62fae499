/**
 * How fast the scheduler decides ({@link io.towtank.benchmarks.scheduler.AttemptBenchmark}; see
 * {@code towtank bench scheduler} too), what the time goes into ({@link
 * io.towtank.benchmarks.scheduler.AttemptParts}) and what memory allows ({@link
 * io.towtank.benchmarks.scheduler.MemoryLatencyBenchmark}).
 */
@NullMarked
package io.towtank.benchmarks.scheduler;

import org.jspecify.annotations.NullMarked;
