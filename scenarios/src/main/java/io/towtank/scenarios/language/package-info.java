/**
 * Scenarios: what they say ({@link Scenario} and what it is made of) and how they are read ({@link
 * ScenarioReader}).
 *
 * <p>Everything is checked when it is read, so that a run that starts does not stop half-way for a
 * mistake in its input. The user's guide is {@code scenarios/README.md}, the schema for editors is
 * {@code scenarios/scenario.schema.json}.
 */
package io.towtank.scenarios.language;
