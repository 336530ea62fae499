/**
 * The Deployment controller: rolls a template out over ReplicaSets.
 *
 * <p>{@link io.towtank.controllers.deployment.DeploymentSync} decides what one look at a Deployment
 * and its ReplicaSets leads to, as a pure function; {@link
 * io.towtank.controllers.deployment.DeploymentController} carries it out. {@link
 * io.towtank.controllers.deployment.Rollback} is {@code kubectl rollout undo}.
 */
@NullMarked
package io.towtank.controllers.deployment;

import org.jspecify.annotations.NullMarked;
