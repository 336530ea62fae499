/** Node selectors and node affinity, required and preferred (kube-scheduler: NodeAffinity). */
@NullMarked
package io.towtank.scheduler.plugins.nodeaffinity;

import org.jspecify.annotations.NullMarked;
