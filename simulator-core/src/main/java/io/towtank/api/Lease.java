package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A heartbeat or a lock.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Lease(
    ObjectMeta metadata, @Beside long resourceVersion, @Nullable LeaseSpec spec, Fields rest)
    implements KubeObject {
  public Lease {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<Lease> kind() {
    return Kinds.LEASE;
  }

  @Override
  public Lease withMetadata(ObjectMeta metadata) {
    return new Lease(metadata, resourceVersion, spec, rest);
  }

  @Override
  public Lease withResourceVersion(long resourceVersion) {
    return new Lease(metadata, resourceVersion, spec, rest);
  }

  /** This object with another spec. */
  public Lease withSpec(@Nullable LeaseSpec spec) {
    return new Lease(metadata, resourceVersion, spec, rest);
  }
}
