/**
 * The API store: writes a second with watchers and the digest attached, and bytes a pod. Figures:
 * benchmarks/README.md.
 */
@NullMarked
package io.towtank.benchmarks.store;

import org.jspecify.annotations.NullMarked;
