/**
 * Everything that takes time in a real cluster, in one place.
 *
 * <p>A {@link io.towtank.latency.LatencyProfile} has it all: requests, watches, attempts of the
 * scheduler, images, containers; {@link io.towtank.latency.VolumeLatency} what storage takes,
 * {@link io.towtank.latency.ClientLimits} how many requests a client may send. How long a thing
 * takes is a {@link io.towtank.latency.Distribution}, which people write as {@link
 * io.towtank.latency.Distributions} reads it.
 */
@NullMarked
package io.towtank.latency;

import org.jspecify.annotations.NullMarked;
