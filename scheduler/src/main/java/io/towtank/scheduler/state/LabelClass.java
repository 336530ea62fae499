package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableMap;

/** A namespace and labels: what a selector sees of pods. */
public record LabelClass(String namespace, ImmutableMap<String, String> labels) {}
