package io.towtank.scheduler.config;

import io.towtank.validation.FieldPath;

/**
 * Something about a configuration that its author should know, though it works.
 *
 * @param path the place in the configuration
 * @param message what it is
 */
public record ConfigurationNote(FieldPath path, String message) {}
