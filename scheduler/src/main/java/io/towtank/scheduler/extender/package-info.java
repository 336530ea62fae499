/**
 * Extenders: services outside the scheduler that it asks about nodes, with kube-scheduler's own
 * JSON. {@link io.towtank.scheduler.extender.Extender} speaks the protocol; the requests are sent
 * by an {@link io.towtank.scheduler.extender.ExtenderTransport}, since nothing here does I/O.
 * {@link io.towtank.scheduler.extender.ExtenderUse} counts what came of it.
 */
@NullMarked
package io.towtank.scheduler.extender;

import org.jspecify.annotations.NullMarked;
