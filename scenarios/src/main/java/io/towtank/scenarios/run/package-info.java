/**
 * Runs scenarios.
 *
 * <ul>
 *   <li>{@link io.towtank.scenarios.run.ScenarioRunner} is the way in: it runs a scenario to its
 *       end and returns a {@link io.towtank.scenarios.run.RunSummary}.
 *   <li>{@link io.towtank.scenarios.run.SimulatedCluster} wires a cluster together; {@code
 *       ControlPlane} has its processes, which faults stop and start.
 *   <li>{@code FirstObjects} creates what is there at the start, {@code Timeline} does what the
 *       scenario says later, {@code FaultInjection} has things go wrong, {@code ArrivingPods}
 *       brings pods one after another.
 *   <li>{@link io.towtank.scenarios.run.RunObserver} is shown all of it and changes nothing:
 *       progress, logs and reports are observers.
 *   <li>{@link io.towtank.scenarios.run.SummaryText} and {@link
 *       io.towtank.scenarios.run.SummaryJson} print the summary.
 * </ul>
 */
@NullMarked
package io.towtank.scenarios.run;

import org.jspecify.annotations.NullMarked;
