/**
 * Runs pods until enough of them have succeeded (kube-controller-manager: job-controller).
 *
 * <p>{@link io.towtank.controllers.job.JobSync} is one look at a Job and its pods: a state machine
 * of three steps that knows no API, tried on the syncs of the real controller. {@link
 * io.towtank.controllers.job.JobController} carries its steps out. What a failed pod means is in
 * {@code PodFailures}, when a Job has succeeded early in {@code SuccessRules}, how long it waits
 * after a failure in {@code Backoff}.
 */
@NullMarked
package io.towtank.controllers.job;

import org.jspecify.annotations.NullMarked;
