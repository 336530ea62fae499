package io.towtank.store;

import io.towtank.api.KubeObject;

/**
 * Changes or refuses what is to be written, before it is (an admission plugin of the API server).
 * Admissions run in the order of the chain, each on what the one before it returned.
 */
@FunctionalInterface
public interface Admission {
  /**
   * The object as it is to be stored; the same instance where nothing is to be changed.
   *
   * @throws ApiException where it is refused
   */
  KubeObject admit(AdmissionRequest request);
}
