/**
 * The ReplicaSet controller: keeps a number of pods of a template alive.
 *
 * <p>{@link io.towtank.controllers.replicaset.ReplicaSetSync} decides, as a pure function; {@link
 * io.towtank.controllers.replicaset.DeletionOrder} says which pods go first; {@link
 * io.towtank.controllers.replicaset.OwnedPods} keeps the counts up to date so that a change of one
 * pod costs the same in a set of three and of a hundred thousand; {@link
 * io.towtank.controllers.replicaset.ReplicaSetController} carries the decisions out.
 */
@NullMarked
package io.towtank.controllers.replicaset;

import org.jspecify.annotations.NullMarked;
