/**
 * Why a pod runs where it does, or nowhere: every node's verdict and every plugin's score, from the
 * same numbers that the decision was made from.
 */
@NullMarked
package io.towtank.scheduler.explain;

import org.jspecify.annotations.NullMarked;
