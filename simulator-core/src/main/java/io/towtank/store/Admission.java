package io.towtank.store;

import io.towtank.api.KubeObject;

/** Changes or refuses an object before it is created. */
public interface Admission {
  /**
   * The object as it is to be stored.
   *
   * @throws ApiException where it is refused
   */
  KubeObject admit(KubeObject object);
}
