/**
 * Says what is wrong with a document of the API: as the API server would, but with advice.
 *
 * <p>Rules look at plain documents and know nothing of files; {@link io.towtank.manifest} adds the
 * places.
 */
@NullMarked
package io.towtank.validation;

import org.jspecify.annotations.NullMarked;
