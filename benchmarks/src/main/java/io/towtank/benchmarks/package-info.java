/**
 * JMH benchmarks, a package for each subject. {@link io.towtank.benchmarks.SmokeRun} runs each of
 * them once, to see that it works. Figures and commands: benchmarks/README.md.
 */
@NullMarked
package io.towtank.benchmarks;

import org.jspecify.annotations.NullMarked;
