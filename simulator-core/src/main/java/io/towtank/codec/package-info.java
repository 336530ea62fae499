/**
 * Between documents (Jackson trees) and the records of {@link io.towtank.api}.
 *
 * <p>A record's components are a document's fields: {@link io.towtank.codec.ObjectCodec} reads and
 * writes them by reflection, so that a new kind needs a record and nothing else. Annotations of
 * {@link io.towtank.api} say where record and document differ: {@link io.towtank.api.Named}, {@link
 * io.towtank.api.In}, {@link io.towtank.api.Beside}, {@link io.towtank.api.Rfc3339}, {@link
 * io.towtank.api.OmitEmpty}.
 */
@NullMarked
package io.towtank.codec;

import org.jspecify.annotations.NullMarked;
