/**
 * What stays true whatever goes wrong in a cluster. {@link
 * io.towtank.scenarios.invariant.Invariants} has the list: some hold after every write, the others
 * when faults are healed and nothing is going on any more ({@code AtRest}). They stand outside of
 * the code that they check: they look at the store and at what components know of it.
 *
 * <p>A new one: a check in {@code AtRest}, or in {@code Invariants#committed}, and a case in {@code
 * InvariantsTest} in which it fails.
 */
@NullMarked
package io.towtank.scenarios.invariant;

import org.jspecify.annotations.NullMarked;
