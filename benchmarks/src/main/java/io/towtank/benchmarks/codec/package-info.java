/** How fast objects are read from documents and written to them. */
@NullMarked
package io.towtank.benchmarks.codec;

import org.jspecify.annotations.NullMarked;
