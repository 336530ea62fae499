package io.towtank.scheduler.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import io.towtank.api.PodDisruptionBudget;
import io.towtank.client.ApiClient;
import io.towtank.scheduler.PodNominator;
import io.towtank.scheduler.extender.Extender;
import io.towtank.scheduler.framework.Handle;
import io.towtank.scheduler.plugins.podtopologyspread.WorkloadSelectors;
import io.towtank.scheduler.state.ClusterState;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What plugins are made with (kube-scheduler: framework.Handle).
 *
 * @param client the scheduler's client
 * @param workloads services and controllers, which select pods
 * @param budgets all disruption budgets
 * @param extenders services that are asked about nodes
 * @param ignoredResources what the node's resources need not have, as an extender sees to it
 * @param timers virtual time's
 * @param epochNanos the virtual date, nanoseconds since 1970
 * @param random the scheduler's random stream; null where ties go to the first
 * @param handle what the scheduler can be asked to do
 */
public record PluginContext(
    ClusterState state,
    ApiClient client,
    PodNominator nominator,
    WorkloadSelectors workloads,
    Supplier<ImmutableList<PodDisruptionBudget>> budgets,
    ImmutableList<Extender> extenders,
    ImmutableSet<String> ignoredResources,
    Timers timers,
    LongSupplier epochNanos,
    @Nullable RandomGenerator random,
    Handle handle) {}
