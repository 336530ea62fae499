package io.towtank.environment;

/**
 * A variable of a container's environment.
 *
 * @param from where its value comes from, for people: {@code config map settings, key colour}
 */
public record Variable(String name, String value, String from) {}
