/**
 * Why a pod of a run is where it is, or nowhere: {@link io.towtank.scenarios.explain.PodExplainer}
 * watches a run for one pod, {@link io.towtank.scenarios.explain.WaitingPods} looks at its end for
 * those without a node. Explanations are printed as text or JSON, and are tables of the report,
 * where {@link io.towtank.scenarios.explain.EqualNodes} tells nodes that fared alike together.
 */
@NullMarked
package io.towtank.scenarios.explain;

import org.jspecify.annotations.NullMarked;
