/**
 * The endpoint slice controllers: which addresses a service has, told to every node in pieces.
 *
 * <p>{@link io.towtank.controllers.endpointslice.EndpointRules} says what a pod is as an endpoint;
 * {@link io.towtank.controllers.endpointslice.SliceFamily} packs endpoints into slices; {@link
 * io.towtank.controllers.endpointslice.HintRule} and {@link
 * io.towtank.controllers.endpointslice.TopologyHints} say whose traffic they are for. {@link
 * io.towtank.controllers.endpointslice.ServiceSlices} puts these together for one service, and
 * {@link io.towtank.controllers.endpointslice.EndpointSliceController} carries out what it decides.
 *
 * <p>{@link io.towtank.controllers.endpointslice.EndpointSliceMirroringController} makes slices of
 * the Endpoints that users write by hand.
 *
 * <p>What slices save is counted: beside the bytes of the slices that were written stand those of
 * the Endpoints objects that would have been ({@code endpointslice-controller/bytesWritten}, {@code
 * /endpointsBytesInstead}), with all addresses: those that Kubernetes still writes are cut off at a
 * thousand, which is how it copes. Every node receives each of them.
 */
@NullMarked
package io.towtank.controllers.endpointslice;

import org.jspecify.annotations.NullMarked;
