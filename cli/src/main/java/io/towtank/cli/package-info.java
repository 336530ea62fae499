/** The command {@code towtank}: options in, a run, text or JSON out. */
package io.towtank.cli;
