/**
 * The controllers, one package each. They know the rest of the cluster only through {@link
 * io.towtank.component.ComponentContext}.
 */
@NullMarked
package io.towtank.controllers;

import org.jspecify.annotations.NullMarked;
