/**
 * Starts Jobs by the clock (kube-controller-manager: cronjob-controller).
 *
 * <p>{@code StartTimes} says which start is due, {@link io.towtank.controllers.cronjob.CronJobSync}
 * what one look at a CronJob and its Jobs leads to; {@link
 * io.towtank.controllers.cronjob.CronJobController} carries it out. Schedules are read by {@link
 * io.towtank.api.CronSchedule}.
 */
@NullMarked
package io.towtank.controllers.cronjob;

import org.jspecify.annotations.NullMarked;
