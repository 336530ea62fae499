package io.towtank.node;

import io.towtank.api.Fields;
import io.towtank.api.Kinds;
import io.towtank.api.Lease;
import io.towtank.api.LeaseSpec;
import io.towtank.api.LeaseSpecBuilder;
import io.towtank.api.ObjectKey;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Timestamps;
import io.towtank.client.ApiClient;
import io.towtank.store.ApiException;
import io.towtank.time.Simulation;

/**
 * The Leases of nodes, which their kubelets renew every 10 s. Renewals that are on time are not
 * written: a lease without a renewTime is one that is renewed. When that ends, the last renewal is
 * written, and whoever watches leases knows that none will follow.
 */
final class NodeLeases {
  // kubelet: nodeLeaseDurationSeconds, renewed after a quarter
  private static final int LEASE_SECONDS = 40;
  private static final long SECOND = 1_000_000_000L;
  private static final long RENEWAL_NANOS = 10 * SECOND;
  // component-helpers: lease controller, the first back-off is 200 ms, the last 7 s
  private static final long LEASE_RETRY_NANOS = SECOND;

  private final Simulation simulation;
  private final ApiClient client;
  private final KubeletRequests requests;

  NodeLeases(Simulation simulation, ApiClient client, KubeletRequests requests) {
    this.simulation = simulation;
    this.client = client;
    this.requests = requests;
  }

  /** A kubelet starts. */
  void start(HollowKubelet node) {
    // Kubelets do not start at the same moment: their renewals are spread over the period.
    node.renewedFromNanos = simulation.nanos() + node.random.nextLong(RENEWAL_NANOS);
  }

  /** When a lease was last renewed, in nanoseconds since 1970 by the true time. */
  long renewedAt(HollowKubelet node) {
    long beat = node.lastBeat(simulation.nanos(), node.renewedFromNanos, RENEWAL_NANOS);
    return simulation.epochNanos() - simulation.nanos() + beat;
  }

  /** A kubelet does not renew its lease any more: writes when it last did. */
  void stop(HollowKubelet node) {
    stopCatchingUp(node);
    if (node.leased) {
      fallSilent(node);
    }
  }

  /** Sets a node's clock forward, or back where it is negative. */
  void setClock(HollowKubelet node, long byNanos) {
    if (node.leased) {
      node.latestRenewal = lastRenewal(node);
    }
    node.clockNanos += byNanos;
    if (node.alive && node.leased && node.isolation == null) {
      renewFromNowOn(node);
    }
  }

  /** Creates a node's Lease, or tells of it that it is renewed again. */
  void tell(HollowKubelet node) {
    if (node.leased) {
      renewFromNowOn(node);
      return;
    }
    LeaseSpec spec =
        LeaseSpecBuilder.builder()
            .holderIdentity(node.name)
            .leaseDurationSeconds(LEASE_SECONDS)
            .acquireTime(Timestamps.NONE)
            .renewTime(Timestamps.NONE)
            .build();
    Lease lease =
        new Lease(
            ObjectMetaBuilder.builder()
                .name(node.name)
                .namespace(HollowKubelets.LEASE_NAMESPACE)
                .creationTimestamp(Timestamps.NONE)
                .deletionTimestamp(Timestamps.NONE)
                .build(),
            0,
            spec,
            Fields.NONE);
    client.create(
        lease,
        (stored, error) -> {
          if (error != null && error.reason() != ApiException.Reason.ALREADY_EXISTS) {
            simulation.schedule(LEASE_RETRY_NANOS, () -> requests.send(node, () -> tell(node)));
            return;
          }
          node.leased = true;
          if (error != null) {
            renewFromNowOn(node);
          }
          if (!node.alive || node.isolation != null) {
            fallSilent(node);
          }
        });
  }

  /**
   * Tells of a lease that it is renewed every 10 s from now on. Where the node's clock was set back
   * it takes until the clock has caught up before a renewal is later than the last one: to whoever
   * watches, the lease is not renewed until then.
   */
  private void renewFromNowOn(HollowKubelet node) {
    stopCatchingUp(node);
    long behind = node.latestRenewal - simulation.epochNanos() - node.clockNanos;
    if (behind <= 0) {
      renew(node, Timestamps.NONE);
      return;
    }
    renew(node, node.latestRenewal);
    node.renewalTimer =
        simulation.scheduleBackground(
            behind,
            () -> {
              node.renewalTimer = 0;
              if (node.alive && node.isolation == null) {
                renew(node, Timestamps.NONE);
              }
            });
  }

  /**
   * Writes what a lease tells from now on. That is how whoever watches learns of many renewals, or
   * that none will follow: it is not one request, and where it is refused it is sent again.
   */
  private void renew(HollowKubelet node, long renewTime) {
    node.toldRenewal = renewTime;
    client.patch(
        Kinds.LEASE,
        new ObjectKey(HollowKubelets.LEASE_NAMESPACE, node.name),
        stored -> {
          LeaseSpec spec = stored.spec();
          return stored.withSpec(
              LeaseSpecBuilder.builder(spec == null ? LeaseSpecBuilder.builder().build() : spec)
                  .holderIdentity(node.name)
                  .leaseDurationSeconds(LEASE_SECONDS)
                  .renewTime(renewTime)
                  .build());
        },
        (stored, error) -> {
          if (error != null && error.reason() != ApiException.Reason.NOT_FOUND) {
            simulation.schedule(
                LEASE_RETRY_NANOS,
                () -> {
                  if (node.toldRenewal == renewTime) {
                    renew(node, renewTime);
                  }
                });
          }
        });
  }

  private long lastRenewal(HollowKubelet node) {
    return Math.max(renewedAt(node) + node.clockNanos, node.latestRenewal);
  }

  private void fallSilent(HollowKubelet node) {
    renew(node, lastRenewal(node));
  }

  private void stopCatchingUp(HollowKubelet node) {
    if (node.renewalTimer != 0) {
      simulation.cancel(node.renewalTimer);
      node.renewalTimer = 0;
    }
  }
}
