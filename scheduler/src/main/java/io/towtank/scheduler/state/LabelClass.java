package io.towtank.scheduler.state;

import com.google.common.collect.ImmutableMap;

/**
 * The pods of one namespace with the same labels: what a selector sees.
 *
 * @param id small number, unique in the cluster
 */
public record LabelClass(int id, String namespace, ImmutableMap<String, String> labels) {}
