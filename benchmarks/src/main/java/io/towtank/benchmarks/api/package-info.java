/** What nearly everything in the API is made of, and how fast it is read and compared. */
@NullMarked
package io.towtank.benchmarks.api;

import org.jspecify.annotations.NullMarked;
