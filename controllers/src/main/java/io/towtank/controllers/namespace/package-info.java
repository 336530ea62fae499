/**
 * The namespace controller: empties namespaces that are being deleted, then lets them go.
 *
 * <p>{@link io.towtank.controllers.namespace.NamespaceConditions} says what the status tells of
 * what is left; {@link io.towtank.controllers.namespace.NamespaceController} does the deleting.
 */
@NullMarked
package io.towtank.controllers.namespace;

import org.jspecify.annotations.NullMarked;
