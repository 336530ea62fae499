/**
 * Kubernetes' object model, as far as components interpret it.
 *
 * <ul>
 *   <li>{@link io.towtank.api.Kinds} lists the kinds. A kind is a record ({@link
 *       io.towtank.api.Pod}, {@link io.towtank.api.Node} …) that implements {@link
 *       io.towtank.api.KubeObject}; any other kind is a {@link io.towtank.api.GenericObject}.
 *   <li>Records are immutable. Each has a generated builder, as in {@code
 *       PodBuilder.builder(pod).status(s).build()}; parts that did not change stay the same
 *       instances, which memory and caches rely on.
 *   <li>What nobody interprets is kept in {@link io.towtank.api.Fields} and written back as it
 *       came.
 *   <li>Beside them are the values that they are made of: {@link io.towtank.api.Quantity},
 *       selectors, {@link io.towtank.api.Durations}, {@link io.towtank.api.Timestamps} (nanoseconds
 *       since 1970, cut to whole seconds).
 * </ul>
 *
 * <p>Records say what documents look like; {@code io.towtank.codec} reads and writes them by their
 * shape.
 */
@NullMarked
package io.towtank.api;

import org.jspecify.annotations.NullMarked;
