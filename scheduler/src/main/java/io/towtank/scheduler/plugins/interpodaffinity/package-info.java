/**
 * Affinity and anti-affinity between pods: {@code RequiredTerms} filter, {@code PreferredTerms}
 * score, {@code TermCounts} are the counts that both rest on (kube-scheduler: InterPodAffinity).
 */
@NullMarked
package io.towtank.scheduler.plugins.interpodaffinity;

import org.jspecify.annotations.NullMarked;
