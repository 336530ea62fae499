package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Runs pods until enough of them have succeeded.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Job(
    ObjectMeta metadata, @Beside long resourceVersion, JobSpec spec, JobStatus status, Fields rest)
    implements KubeObject {
  public Job {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<Job> kind() {
    return Kinds.JOB;
  }

  @Override
  public Job withMetadata(ObjectMeta metadata) {
    return new Job(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Job withResourceVersion(long resourceVersion) {
    return new Job(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public Job withStatus(JobStatus status) {
    return new Job(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public Job withStatusOf(KubeObject other) {
    return withStatus(((Job) other).status);
  }

  /** This object with another spec. */
  public Job withSpec(JobSpec spec) {
    return new Job(metadata, resourceVersion, spec, status, rest);
  }
}
