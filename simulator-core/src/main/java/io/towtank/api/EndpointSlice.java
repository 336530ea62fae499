package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Some of the endpoints of a service.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record EndpointSlice(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    String addressType,
    ImmutableList<Endpoint> endpoints,
    ImmutableList<EndpointPort> ports,
    Fields rest)
    implements KubeObject {
  public EndpointSlice {
    endpoints = endpoints == null ? ImmutableList.of() : endpoints;
    ports = ports == null ? ImmutableList.of() : ports;
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<EndpointSlice> kind() {
    return Kinds.ENDPOINT_SLICE;
  }

  @Override
  public EndpointSlice withMetadata(ObjectMeta metadata) {
    return new EndpointSlice(metadata, resourceVersion, addressType, endpoints, ports, rest);
  }

  @Override
  public EndpointSlice withResourceVersion(long resourceVersion) {
    return new EndpointSlice(metadata, resourceVersion, addressType, endpoints, ports, rest);
  }
}
