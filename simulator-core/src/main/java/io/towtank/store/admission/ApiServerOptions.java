package io.towtank.store.admission;

import com.google.common.collect.ImmutableSet;
import io.towtank.store.service.ServiceRanges;
import io.towtank.validation.FeatureGates;

/**
 * How the API server is set up, by kube-apiserver's flags.
 *
 * @param services --service-cluster-ip-range, --service-node-port-range
 * @param disabledPlugins --disable-admission-plugins: names of {@link StandardAdmission#PLUGINS}
 * @param featureGates --feature-gates
 */
public record ApiServerOptions(
    ServiceRanges services, ImmutableSet<String> disabledPlugins, FeatureGates featureGates) {
  /** As kube-apiserver comes. */
  public static final ApiServerOptions DEFAULT =
      new ApiServerOptions(ServiceRanges.DEFAULT, ImmutableSet.of(), FeatureGates.DEFAULT);
}
