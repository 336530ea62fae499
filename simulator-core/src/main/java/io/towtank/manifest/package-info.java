/**
 * Reads manifests: YAML or JSON texts with objects of the Kubernetes API, as people write them and
 * as {@code kubectl get -o yaml} prints them.
 *
 * <p>{@link io.towtank.manifest.ManifestReader} is the way in. Below it lie pieces that other
 * formats can use: {@link io.towtank.manifest.YamlReader} makes trees that know their positions,
 * {@link io.towtank.manifest.Cursor} reads such a tree strictly, {@link
 * io.towtank.manifest.Problems} collects what is wrong, so that a user is told everything at once,
 * each with file, line, column, path and advice.
 */
@NullMarked
package io.towtank.manifest;

import org.jspecify.annotations.NullMarked;
