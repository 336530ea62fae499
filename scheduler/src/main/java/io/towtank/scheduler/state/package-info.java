/**
 * What the scheduler knows of the cluster, in primitive arrays: resources, labels and pod kinds as
 * numbers, and a log of the rows that changed.
 *
 * <p>A node is a row. Rows keep their number while the node exists; numbers of nodes that are gone
 * are given out again. Assumed pods (chosen, not yet bound) count as if they were there.
 */
@NullMarked
package io.towtank.scheduler.state;

import org.jspecify.annotations.NullMarked;
