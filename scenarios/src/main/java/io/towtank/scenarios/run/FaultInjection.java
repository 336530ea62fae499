package io.towtank.scenarios.run;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kinds;
import io.towtank.api.Pod;
import io.towtank.client.ApiFaults;
import io.towtank.node.HollowKubelets;
import io.towtank.scenarios.language.Fault;
import io.towtank.scenarios.language.ObjectChoice;
import io.towtank.store.ApiStore;
import io.towtank.store.Selection;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/** Has things go wrong in a cluster: each fault begins, and ends by what its beginning gave. */
final class FaultInjection {
  private static final long SECOND = 1_000_000_000L;

  private final Simulation simulation;
  private final ApiStore store;
  private final HollowKubelets kubelets;
  private final ControlPlane plane;
  private final ApiFaults api;
  private int restless;

  FaultInjection(
      Simulation simulation,
      ApiStore store,
      HollowKubelets kubelets,
      ControlPlane plane,
      ApiFaults api) {
    this.simulation = simulation;
    this.store = store;
    this.kubelets = kubelets;
    this.plane = plane;
    this.api = api;
  }

  /** Whether a fault goes on that keeps the control plane from making true what it is to. */
  boolean restless() {
    return restless > 0;
  }

  /**
   * Begins a fault.
   *
   * @param nodes which nodes are hit, where it is nodes that are
   * @param crashes is told how many containers died, each time that some did
   * @return ends it
   */
  Runnable begin(
      Fault fault, ImmutableList<String> nodes, RandomStream random, LongConsumer crashes) {
    boolean hinders =
        fault instanceof Fault.FailApi
            || fault instanceof Fault.LoseWatches
            || fault instanceof Fault.StopComponents;
    restless += hinders ? 1 : 0;
    Runnable heal = inject(fault, nodes, random, crashes);
    return () -> {
      restless -= hinders ? 1 : 0;
      heal.run();
    };
  }

  private Runnable inject(
      Fault fault, ImmutableList<String> nodes, RandomStream random, LongConsumer crashes) {
    return switch (fault) {
      case Fault.FailNodes fail -> {
        kubelets.fail(nodes);
        yield () -> kubelets.restore(nodes);
      }
      case Fault.HangNodes hang -> {
        kubelets.isolate(nodes, true);
        yield () -> kubelets.rejoin(nodes, true);
      }
      case Fault.PartitionNodes part -> {
        kubelets.isolate(nodes, false);
        yield () -> kubelets.rejoin(nodes, false);
      }
      case Fault.SlowDisks slow -> {
        kubelets.slowDisks(nodes, slow.factor());
        yield () -> kubelets.slowDisks(nodes, 1 / slow.factor());
      }
      case Fault.SkewClocks skew -> {
        kubelets.setClocks(nodes, skew.byNanos());
        yield () -> kubelets.setClocks(nodes, -skew.byNanos());
      }
      case Fault.FailDevices fail -> kubelets.breakDevices(nodes, fail.resource(), fail.devices());
      case Fault.ShutDownNodes down -> {
        kubelets.shutDown(nodes, down.graceNanos(), down.criticalNanos());
        yield () -> kubelets.restore(nodes);
      }
      case Fault.CrashContainers crash -> crash(crash, random, crashes);
      case Fault.FailRegistry(ImmutableList<String> images, long forNanos) ->
          kubelets.failRegistry(name -> names(images, name), forNanos == Fault.FOR_GOOD);
      case Fault.SlowApi slow -> api.slow(slow.requests(), slow.factor(), slow.delayNanos());
      case Fault.FailApi fail -> api.refuse(fail.requests(), fail.share(), fail.reason(), random);
      case Fault.LoseWatches lose -> {
        plane.loseWatches(lose.components(), lose.kinds());
        yield () -> plane.relist(lose.components(), lose.kinds());
      }
      case Fault.StopComponents stop -> {
        plane.stop(stop.components());
        yield () -> plane.restart(stop.components());
      }
    };
  }

  /** Whether an image is meant, as users write it or by its full name. */
  private static boolean names(ImmutableList<String> images, String fullName) {
    if (images.isEmpty()) {
      return true;
    }
    for (String image : images) {
      Pattern pattern = ObjectChoice.pattern(image);
      if (pattern.matcher(fullName).matches()
          || pattern.matcher(withoutPrefix(fullName, "docker.io/")).matches()
          || pattern.matcher(withoutPrefix(fullName, "docker.io/library/")).matches()) {
        return true;
      }
    }
    return false;
  }

  private static String withoutPrefix(String text, String prefix) {
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }

  // Containers that crash

  private Runnable crash(Fault.CrashContainers crash, RandomStream random, LongConsumer crashes) {
    if (crash.perSecond() == 0) {
      crashes.accept(crashAll(crash, 1, random));
      return () -> {};
    }
    Storm storm = new Storm(crash, random, crashes);
    storm.next();
    return storm::end;
  }

  /** Containers that crash at a rate: looked at every second, at which each dies or not. */
  private final class Storm {
    private final Fault.CrashContainers crash;
    private final RandomStream random;
    private final LongConsumer crashes;
    private final double chance;
    private long timer;

    Storm(Fault.CrashContainers crash, RandomStream random, LongConsumer crashes) {
      this.crash = crash;
      this.random = random;
      this.crashes = crashes;
      this.chance = -Math.expm1(-crash.perSecond());
    }

    private void next() {
      timer =
          simulation.schedule(
              SECOND,
              () -> {
                crashes.accept(crashAll(crash, chance, random));
                next();
              });
    }

    private void end() {
      simulation.cancel(timer);
    }
  }

  private long crashAll(Fault.CrashContainers crash, double chance, RandomStream random) {
    List<Pod> pods = new ArrayList<>();
    store.forEach(
        Kinds.POD,
        Selection.ALL,
        pod -> {
          if (pod.nodeName() != null
              && !pod.status().phase().isTerminal()
              && crash.pods().matches(pod)
              && (chance >= 1 || random.nextDouble() < chance)) {
            pods.add(pod);
          }
        });
    long crashed = 0;
    for (Pod pod : pods) {
      crashed += kubelets.crashContainers(pod, crash.container(), crash.exitCode());
    }
    return crashed;
  }
}
