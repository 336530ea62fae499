package io.towtank.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Which pods a service stands for, and how it is reached.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ServiceSpec(
    ImmutableList<ServicePort> ports,
    ImmutableMap<String, String> selector,
    @Nullable String clusterIP,
    ImmutableList<String> clusterIPs,
    @Nullable String type,
    @Nullable String sessionAffinity,
    @Nullable String externalTrafficPolicy,
    @Nullable String internalTrafficPolicy,
    @Nullable Boolean publishNotReadyAddresses,
    ImmutableList<String> ipFamilies,
    @Nullable String trafficDistribution,
    Fields rest) {
  public ServiceSpec {
    ports = ports == null ? ImmutableList.of() : ports;
    selector = selector == null ? ImmutableMap.of() : selector;
    clusterIPs = clusterIPs == null ? ImmutableList.of() : clusterIPs;
    ipFamilies = ipFamilies == null ? ImmutableList.of() : ipFamilies;
    rest = rest == null ? Fields.NONE : rest;
  }
}
