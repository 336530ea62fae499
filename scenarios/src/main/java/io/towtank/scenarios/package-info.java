/**
 * The scenario language, traces, and the runner that wires a cluster together.
 *
 * <p>Start with {@code language.Scenario} for what can be asked, and {@code run.ScenarioRunner} for
 * how it is done. {@code scenarios/README.md} is the user's guide to both.
 */
package io.towtank.scenarios;
