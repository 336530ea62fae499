/**
 * The event queue: designs against each other, on four loads.
 *
 * <p>The one that Towtank uses is measured as {@link io.towtank.time.Simulation}, with all that it
 * does around the queue; the others ({@link io.towtank.benchmarks.engine.DaryHeap}, {@link
 * io.towtank.benchmarks.engine.TimingWheel}, {@link io.towtank.benchmarks.engine.LadderQueue}) in
 * the barest loop. Figures: benchmarks/README.md.
 */
@NullMarked
package io.towtank.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
