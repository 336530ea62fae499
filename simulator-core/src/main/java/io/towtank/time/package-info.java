/**
 * Virtual time, on which everything else stands.
 *
 * <ul>
 *   <li>{@link io.towtank.time.Simulation} owns it: what is scheduled there runs in order of time
 *       and, at equal times, in the order of scheduling.
 *   <li>{@link io.towtank.time.SimClock} tells it, in nanoseconds since the run's start; no other
 *       clock is read.
 *   <li>{@code EventQueue} keeps what is to happen.
 *   <li>{@link io.towtank.time.RandomStream} is chance: a stream by name, from the run's seed.
 *   <li>{@link io.towtank.time.StopCondition} says when a run stops, and why it did.
 *   <li>{@link io.towtank.time.SelfCheck} holds what is kept up to date against the same computed
 *       from scratch, as often as {@link io.towtank.time.CheckMode} says.
 * </ul>
 */
@NullMarked
package io.towtank.time;

import org.jspecify.annotations.NullMarked;
