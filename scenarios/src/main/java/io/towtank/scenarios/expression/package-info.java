/**
 * What scenarios expect of a run, and when a run is to end: {@code max(pods.pending) <= 100},
 * {@code deployments.available == deployments.total by 5m}.
 *
 * <p>{@link ExpressionParser} makes {@link Expression}s of text; {@link Expression#evaluate} asks
 * {@link Readings} for what they name. Time is in seconds throughout, and shares are from 0 to 1.
 */
package io.towtank.scenarios.expression;
