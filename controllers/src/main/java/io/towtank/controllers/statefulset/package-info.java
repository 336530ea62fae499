/**
 * The StatefulSet controller: pods with names that stay, in order.
 *
 * <p>{@link io.towtank.controllers.statefulset.StatefulSetSync} decides, as a pure function; {@link
 * io.towtank.controllers.statefulset.StatefulPods} makes pods and claims and knows whose they are;
 * {@link io.towtank.controllers.statefulset.StatefulSetController} carries decisions out.
 */
@NullMarked
package io.towtank.controllers.statefulset;

import org.jspecify.annotations.NullMarked;
