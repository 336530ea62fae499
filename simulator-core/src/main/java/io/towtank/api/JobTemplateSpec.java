package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What the Jobs of a CronJob are made from.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record JobTemplateSpec(ObjectMeta metadata, JobSpec spec, Fields rest) {
  public JobTemplateSpec {
    rest = rest == null ? Fields.NONE : rest;
  }
}
