/**
 * Fills in what a document leaves open, as the API server does when it reads one
 * (pkg/apis/core/v1/defaults.go and its like): restart policies, probe periods, update strategies.
 *
 * <p>What admission plugins add (tolerations of unready nodes, priorities, storage classes) and
 * what the registry allocates (cluster IPs, node ports, selectors of Jobs) is not here.
 */
@NullMarked
package io.towtank.defaults;

import org.jspecify.annotations.NullMarked;
