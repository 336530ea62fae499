package io.towtank.controllers.podautoscaler;

/**
 * How many replicas a metric calls for.
 *
 * @param replicas the number
 * @param milli what the metric was: per pod, or its value for targets of type Value; in thousandths
 * @param utilization in percent of the requests; 0 where the target is none
 */
public record Proposal(int replicas, long milli, int utilization) {}
