package io.towtank.node;

import io.towtank.latency.ClientLimits;
import io.towtank.time.SelfCheck;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Adds up what the pods of each node take of it, and looks for addresses that two of them have. */
final class KubeletCheck implements SelfCheck {
  private final HollowKubelets owner;
  private final PodTable table;
  private final Map<String, HollowKubelet> kubelets;

  KubeletCheck(HollowKubelets owner, PodTable table, Map<String, HollowKubelet> kubelets) {
    this.owner = owner;
    this.table = table;
    this.kubelets = kubelets;
  }

  @Override
  public String name() {
    return "kubelet: what pods take of their nodes";
  }

  @Override
  public @Nullable String firstDifference() {
    int rows = 0;
    for (HollowKubelet node : new TreeMap<>(kubelets).values()) {
      HollowKubelet sum = new HollowKubelet(owner, node.name, node.random, ClientLimits.NONE);
      IntOpenHashSet ips = new IntOpenHashSet();
      for (int row = node.firstRow; row != PodTable.NONE; row = table.next(row)) {
        rows++;
        String pod = "node " + node.name + ", pod " + table.pod(row).name() + ": ";
        if (table.find(PodTable.uid(table.pod(row))) != row) {
          return pod + "is in row " + row + " and is not found there by its uid";
        }
        if (table.reserved[row]) {
          sum.reserve(table.plan(row));
        }
        if (table.ips[row] != PodIps.NONE && !ips.add(table.ips[row])) {
          return pod + "has the address " + Cidr.text(table.ips[row]) + " of another pod";
        }
        if (!node.alive && (table.reserved[row] || table.workers[row] != null)) {
          return pod + "is being run by a kubelet that is down";
        }
        if (table.ended[row] && (table.reserved[row] || table.ips[row] != PodIps.NONE)) {
          return pod + "has ended and still holds resources or an address";
        }
      }
      int devices = 0;
      for (int row = node.firstRow; row != PodTable.NONE; row = table.next(row)) {
        var given = node.devices == null ? null : node.devices.of(row);
        devices += given == null ? 0 : given.values().stream().mapToInt(ids -> ids.length).sum();
      }
      int taken = node.devices == null ? 0 : node.devices.taken();
      if (taken != devices) {
        return "node " + node.name + ": gave out " + taken + " devices, pods have " + devices;
      }
      if (!node.used().equals(sum.used())) {
        return "node " + node.name + ": is " + node.used() + ", should be " + sum.used();
      }
      int used = node.ips == null ? 0 : node.ips.used();
      if (used != ips.size()) {
        return "node " + node.name + ": gave out " + used + " addresses, pods have " + ips.size();
      }
    }
    return rows == table.size()
        ? null
        : "the nodes have " + rows + " pods, the table has " + table.size();
  }
}
