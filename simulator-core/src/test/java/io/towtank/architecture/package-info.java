/**
 * The rules of the design that a machine can check. Every module has a test that applies those
 * which concern it.
 */
@NullMarked
package io.towtank.architecture;

import org.jspecify.annotations.NullMarked;
