package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Starts Jobs by the clock.
 *
 * @param resourceVersion revision of the last write; 0 before the first
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record CronJob(
    ObjectMeta metadata,
    @Beside long resourceVersion,
    CronJobSpec spec,
    CronJobStatus status,
    Fields rest)
    implements KubeObject {
  public CronJob {
    rest = rest == null ? Fields.NONE : rest;
  }

  @Override
  public Kind<CronJob> kind() {
    return Kinds.CRON_JOB;
  }

  @Override
  public CronJob withMetadata(ObjectMeta metadata) {
    return new CronJob(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public CronJob withResourceVersion(long resourceVersion) {
    return new CronJob(metadata, resourceVersion, spec, status, rest);
  }

  /** This object with another status. */
  public CronJob withStatus(CronJobStatus status) {
    return new CronJob(metadata, resourceVersion, spec, status, rest);
  }

  @Override
  public CronJob withStatusOf(KubeObject other) {
    return withStatus(((CronJob) other).status);
  }

  /** This object with another spec. */
  public CronJob withSpec(CronJobSpec spec) {
    return new CronJob(metadata, resourceVersion, spec, status, rest);
  }
}
