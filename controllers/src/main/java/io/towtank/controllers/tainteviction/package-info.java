/**
 * Drives pods from nodes with NoExecute taints: {@code Tolerance} is the rule, {@link
 * io.towtank.controllers.tainteviction.TaintEvictionController} keeps the timers.
 */
@NullMarked
package io.towtank.controllers.tainteviction;

import org.jspecify.annotations.NullMarked;
