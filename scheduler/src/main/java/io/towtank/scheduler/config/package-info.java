/**
 * Reads KubeSchedulerConfiguration (v1) and makes profiles of it.
 *
 * <p>{@link io.towtank.scheduler.SchedulerConfiguration#read} checks all that needs no plugins,
 * with {@link io.towtank.scheduler.config.Arguments} for places and suggestions and {@link
 * io.towtank.scheduler.config.Faults} to tell of everything that is wrong at once; {@link
 * io.towtank.scheduler.config.ProcessFields} has what means nothing in a simulation. {@link
 * io.towtank.scheduler.config.ProfileFactory} makes the plugins, which check their arguments, and
 * puts them at their points (where they have one is in {@link
 * io.towtank.scheduler.plugins.PluginPoints}). {@link io.towtank.scheduler.config.PolicyFile} turns
 * policies of old into such a configuration.
 */
@NullMarked
package io.towtank.scheduler.config;

import org.jspecify.annotations.NullMarked;
