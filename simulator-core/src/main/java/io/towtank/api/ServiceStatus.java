package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Where a load balancer serves a service.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record ServiceStatus(Fields rest) {
  public ServiceStatus {
    rest = rest == null ? Fields.NONE : rest;
  }
}
