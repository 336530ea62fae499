/** Files that are written complete or not at all. */
package io.towtank.scenarios.output;
