/**
 * Making room for more important pods: {@code Victims} are chosen, {@code Budgets} spared, and
 * {@code Importance} says who goes first (kube-scheduler: DefaultPreemption).
 */
@NullMarked
package io.towtank.scheduler.plugins.defaultpreemption;

import org.jspecify.annotations.NullMarked;
