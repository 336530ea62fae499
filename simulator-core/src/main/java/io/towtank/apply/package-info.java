/**
 * Server-side apply: merges what one manager wants of an object into the object, and keeps track of
 * which manager wants which field ({@code metadata.managedFields}).
 *
 * <p>{@link io.towtank.apply.ServerSideApply} is where to start. Below it, in the terms of
 * structured-merge-diff v6 (the library of Kubernetes 1.34):
 *
 * <ul>
 *   <li>a {@link io.towtank.apply.PathElement} leads from an object or a list to a part of it; a
 *       {@link io.towtank.apply.FieldSet} is a set of paths
 *   <li>a {@link io.towtank.apply.MergeType} tells by the kind's schema what is merged part by part
 *       and what is taken as a whole (atomic)
 *   <li>{@code Merge}, {@code Comparison}, {@code FieldCollection}, {@code Removal} and {@code
 *       TypeCheck} walk documents of such types
 *   <li>{@link io.towtank.apply.ManagedFields} is who manages what
 * </ul>
 *
 * <p>A value that is absent is null in these classes, unlike a JSON null, which is a value.
 */
package io.towtank.apply;
