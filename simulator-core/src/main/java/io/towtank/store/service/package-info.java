/**
 * What the API server's registry does to Services beside storing them (pkg/registry/core/service):
 * {@link io.towtank.store.service.ServiceRegistry} gives them cluster IPs, node ports and address
 * families, keeps what they were given, and refuses what another has.
 *
 * <p>{@link io.towtank.store.service.ServiceRanges} says from where; an AddressPool is one range of
 * addresses, a PortPool that of node ports. What is in use follows from the Services that are
 * stored, so nothing has to be released.
 */
@NullMarked
package io.towtank.store.service;

import org.jspecify.annotations.NullMarked;
