/** Tests of what all controllers share, and the cluster in which controllers are tested. */
@NullMarked
package io.towtank.controllers;

import org.jspecify.annotations.NullMarked;
