/**
 * What the parts of a cluster have in common: a {@link io.towtank.component.Component} is a
 * controller, the scheduler or the kubelets, and all that it gets is a {@link
 * io.towtank.component.ComponentContext}: its client, its informers, the clock. Components never
 * call one another.
 */
@NullMarked
package io.towtank.component;

import org.jspecify.annotations.NullMarked;
