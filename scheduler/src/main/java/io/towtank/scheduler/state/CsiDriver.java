package io.towtank.scheduler.state;

import com.fasterxml.jackson.databind.JsonNode;
import io.towtank.api.GenericObject;

/** What is read of a CSIDriver. */
public final class CsiDriver {
  /** The kind's name. */
  public static final String KIND = "CSIDriver";

  private CsiDriver() {}

  /** Whether the driver tells by CSIStorageCapacity objects how much room it has. */
  public static boolean tellsCapacity(GenericObject driver) {
    JsonNode spec = driver.content().get("spec");
    return spec != null && spec.path("storageCapacity").asBoolean();
  }
}
