/**
 * Stands for dynamic resource allocation where there are no resource claims: all that it does is
 * its part of the messages of pods that fit nowhere (kube-scheduler: DynamicResources).
 */
@NullMarked
package io.towtank.scheduler.plugins.dynamicresources;

import org.jspecify.annotations.NullMarked;
