package io.towtank.conformance;

/**
 * One place where what was expected and what came out differ.
 *
 * @param path where, as in {@code $.result.spec.containers[0].image}
 * @param expected what was expected there, as JSON; {@code nothing} where the place should not be
 * @param actual what came out there, as JSON; {@code nothing} where the place is missing
 */
public record Difference(String path, String expected, String actual) {}
