/**
 * What is taken down of a run.
 *
 * <p>{@link io.towtank.record.Recorder} takes what components tell: counts and Kubernetes Events.
 * {@link io.towtank.record.RunDigest} and {@link io.towtank.record.EventLog} see the store's
 * commits: a hash over all of them, and each as a line of JSON.
 */
@NullMarked
package io.towtank.record;

import org.jspecify.annotations.NullMarked;
