/**
 * Makes and deletes volumes, as the sidecar external-provisioner does beside each CSI driver
 * (sig-storage-lib-external-provisioner). Here one serves all drivers.
 *
 * <p>{@link io.towtank.controllers.provisioner.Provisioning} says whether a claim is to get a
 * volume and what it looks like, {@link io.towtank.controllers.provisioner.Topology} from where it
 * can be reached; {@link io.towtank.controllers.provisioner.ExternalProvisioner} takes the time
 * that it takes, and fails as often as the class's annotations say ({@link
 * io.towtank.volume.ProvisionerBehaviour}).
 */
@NullMarked
package io.towtank.controllers.provisioner;

import org.jspecify.annotations.NullMarked;
