/**
 * Why a pod of a run is where it is, or nowhere: {@link io.towtank.scenarios.explain.PodExplainer}
 * watches the run, and the explanation is printed as text or JSON.
 */
@NullMarked
package io.towtank.scenarios.explain;

import org.jspecify.annotations.NullMarked;
