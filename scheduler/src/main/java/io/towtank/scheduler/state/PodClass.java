package io.towtank.scheduler.state;

/**
 * Pods that are alike in all that other pods' decisions may depend on.
 *
 * @param id small number, unique in the cluster
 * @param terminating whether they are being deleted
 */
public record PodClass(int id, LabelClass labels, AffinityTerms terms, boolean terminating) {}
