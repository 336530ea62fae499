package io.towtank.scheduler.plugins.noderesources;

/** A resource that counts in a score, and how much (kube-scheduler: config.ResourceSpec). */
public record ResourceSpec(String name, long weight) {}
