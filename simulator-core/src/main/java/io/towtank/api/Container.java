package io.towtank.api;

import com.google.common.collect.ImmutableList;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A container of a pod.
 *
 * @param imagePullPolicy Always, IfNotPresent or Never
 * @param restartPolicy Always makes an init container a sidecar (KEP-753)
 * @param rest what the document has beside the fields above, kept as it came
 */
@RecordBuilder
public record Container(
    String name,
    @Nullable String image,
    @Nullable String imagePullPolicy,
    ImmutableList<ContainerPort> ports,
    @Nullable ResourceRequirements resources,
    @Nullable Probe livenessProbe,
    @Nullable Probe readinessProbe,
    @Nullable Probe startupProbe,
    @Nullable String restartPolicy,
    Fields rest) {
  public Container {
    ports = ports == null ? ImmutableList.of() : ports;
    rest = rest == null ? Fields.NONE : rest;
  }
}
