/**
 * Proves on the user's own machine that Towtank decides as Kubernetes does: what the real code did
 * with recorded inputs ("golden" files) is compared, case by case, with what Towtank does.
 *
 * <p>{@link io.towtank.conformance.Conformance} runs all golden files of a directory, or those that
 * ship with Towtank. What a file holds, and so which {@link io.towtank.conformance.Suite} checks
 * it, is told by its name: {@link io.towtank.conformance.Suites} has one line for each kind.
 */
package io.towtank.conformance;
