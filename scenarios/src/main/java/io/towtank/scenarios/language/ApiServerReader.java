package io.towtank.scenarios.language;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.manifest.Cursor;
import io.towtank.store.admission.ApiServerOptions;
import io.towtank.store.admission.StandardAdmission;
import io.towtank.store.service.ServiceRanges;
import io.towtank.validation.DidYouMean;
import io.towtank.validation.FeatureGates;

/** Reads {@code apiServer}: flags of kube-apiserver, by their names. */
final class ApiServerReader {
  private ApiServerReader() {}

  static ApiServerOptions read(Cursor apiServer, FeatureGates gates) {
    ServiceRanges ranges =
        Values.parsed(
            apiServer.field("serviceClusterIPRange"),
            ApiServerReader::ranges,
            ServiceRanges.DEFAULT);
    ImmutableSet.Builder<String> disabled = ImmutableSet.builder();
    for (Cursor item : apiServer.field("disableAdmissionPlugins").items()) {
      String name = item.text("");
      if (!StandardAdmission.PLUGINS.contains(name)) {
        item.problem(
            "there is no admission plugin \"" + name + "\"",
            DidYouMean.advice(name, StandardAdmission.PLUGINS));
      }
      disabled.add(name);
    }
    apiServer.rejectUnknownFields();
    return new ApiServerOptions(ranges, disabled.build(), gates);
  }

  private static ServiceRanges ranges(String text) {
    return ServiceRanges.DEFAULT.withClusterIps(
        ImmutableList.copyOf(Splitter.on(',').trimResults().split(text)));
  }
}
