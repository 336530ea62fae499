/**
 * What containers are told when they start: environment variables, and the files of ConfigMaps,
 * Secrets and the downward API that volumes bring.
 *
 * <ul>
 *   <li>{@link io.towtank.environment.References}: which ConfigMaps and Secrets a pod's spec names,
 *       worked out once for a template. A pod that names none costs nothing.
 *   <li>{@link io.towtank.environment.Configuration}: those that there are, and what is wrong with
 *       a reference: the message that the kubelet tells.
 *   <li>{@link io.towtank.environment.ContainerEnvironment}: the variables that a container gets,
 *       as the kubelet makes them (kubelet: makeEnvironmentVariables).
 *   <li>{@link io.towtank.environment.ServiceVariables}: those that tell of services.
 * </ul>
 *
 * <p>The volume with the token of a pod's account, which the API server adds to each pod, is taken
 * to be there: its ConfigMap {@code kube-root-ca.crt} is not waited for.
 */
@NullMarked
package io.towtank.environment;

import org.jspecify.annotations.NullMarked;
