/**
 * Why a pod runs where it does, or nowhere: every node's verdict and every plugin's score, from the
 * same numbers that the decision was made from. {@link io.towtank.scheduler.explain.Decision} is
 * what is known; {@link io.towtank.scheduler.explain.ResultAnnotations} writes it onto pods where
 * that is asked for; {@link io.towtank.scheduler.explain.Remedy} says what would have to change.
 */
@NullMarked
package io.towtank.scheduler.explain;

import org.jspecify.annotations.NullMarked;
