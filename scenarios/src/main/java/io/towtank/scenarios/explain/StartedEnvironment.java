package io.towtank.scenarios.explain;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.towtank.environment.Variable;

/**
 * What a container was told when it last started.
 *
 * @param container its name
 * @param startedAtNanos when its pod's status told that it runs, since the start of the run
 * @param devices those that it has, by their resources
 */
public record StartedEnvironment(
    String container,
    long startedAtNanos,
    ImmutableList<Variable> variables,
    ImmutableMap<String, ImmutableList<String>> devices) {}
