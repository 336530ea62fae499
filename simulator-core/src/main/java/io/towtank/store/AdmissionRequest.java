package io.towtank.store;

import io.towtank.api.KubeObject;
import org.jspecify.annotations.Nullable;

/**
 * What admission is asked about.
 *
 * @param object as it would be stored; a name that is to be generated is not there yet
 * @param current what it replaces, null where it is created
 * @param store for looking things up; admission writes nothing to it but what it charges to quotas
 */
public record AdmissionRequest(KubeObject object, @Nullable KubeObject current, ApiStore store) {
  /** Whether the object is new. */
  public boolean create() {
    return current == null;
  }

  /** This request about another object. */
  @SuppressWarnings("ReferenceEquality") // Only a shortcut: most admissions change nothing.
  public AdmissionRequest withObject(KubeObject object) {
    return object == this.object ? this : new AdmissionRequest(object, current, store);
  }
}
