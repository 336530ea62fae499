/**
 * Patches as the API server applies them: JSON patch, JSON merge patch and strategic merge patch,
 * on documents.
 *
 * <p>{@link io.towtank.patch.Patches#apply} is where to start. Where libraries and RFCs leave room,
 * the Go libraries that the API server of Kubernetes 1.34 uses are followed: evanphx/json-patch v4
 * and apimachinery's strategicpatch.
 */
package io.towtank.patch;
