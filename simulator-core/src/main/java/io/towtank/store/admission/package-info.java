/**
 * What the API server's admission plugins do to objects before they are stored.
 *
 * <p>{@link io.towtank.store.admission.StandardAdmission} is the chain of a cluster; another plugin
 * is a class that implements {@link io.towtank.store.Admission} and has its place there.
 */
@NullMarked
package io.towtank.store.admission;

import org.jspecify.annotations.NullMarked;
