/** Traces of real clusters as input, and made ones in the same format. */
package io.towtank.scenarios.trace;
