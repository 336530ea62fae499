package io.towtank.api;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * A volume of a CSI driver.
 *
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record CsiPersistentVolumeSource(String driver, String volumeHandle, Fields rest) {
  public CsiPersistentVolumeSource {
    rest = rest == null ? Fields.NONE : rest;
  }
}
