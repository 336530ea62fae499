/**
 * Even spreading over zones, hosts and other domains: {@code HardSpread} filters, {@code
 * SoftSpread} scores (kube-scheduler: PodTopologySpread).
 */
@NullMarked
package io.towtank.scheduler.plugins.podtopologyspread;

import org.jspecify.annotations.NullMarked;
