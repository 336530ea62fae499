package io.towtank.record;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Kind;
import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.Pod;
import io.towtank.api.PodPhase;
import io.towtank.api.PodStatusBuilder;
import io.towtank.client.InformerFactory;
import io.towtank.store.ApiException;
import io.towtank.store.ApiStore;
import io.towtank.store.DeleteOptions;
import io.towtank.store.WatchListener;
import io.towtank.time.RandomStream;
import io.towtank.time.Simulation;
import io.towtank.time.StopCondition;

/** A run whose digest another JVM is to have as well; prints it. */
final class DigestRun {
  private DigestRun() {}

  public static void main(String[] arguments) {
    System.out.println(digest(Long.parseLong(arguments[0])));
  }

  static String digest(long seed) {
    Simulation simulation = new Simulation(seed, 1_767_225_600_000_000_000L);
    ApiStore store = new ApiStore(simulation, ImmutableList.of());
    RunDigest digest = new RunDigest(simulation);
    store.addCommitListener(digest);
    int number = 0;
    for (Kind<?> kind : Kinds.ALL) {
      KubeObject sample = new Samples(1000 * ++number).of(kind);
      store.restore(sample);
    }
    InformerFactory informers = new InformerFactory(store, 1_000_000);
    // What a watcher writes in return depends on the order in which it is told.
    informers
        .informer(Kinds.POD)
        .addHandler(
            new WatchListener<Pod>() {
              @Override
              public void added(Pod object) {
                reply(store, object, "seen");
              }

              @Override
              public void modified(Pod previous, Pod object) {}

              @Override
              public void deleted(Pod last) {}
            });
    informers.start();
    RandomStream random = simulation.random("test");
    Pod template = new Samples(5).of(Kinds.POD);
    for (int i = 0; i < 3000; i++) {
      try {
        step(store, random, template);
      } catch (ApiException e) {
        // What does not fit is not written.
      }
      simulation.step(simulation.nanos() + random.nextInt(2_000_000));
    }
    simulation.run(new StopCondition.Idle());
    return digest + " " + digest.writes();
  }

  private static void step(ApiStore store, RandomStream random, Pod template) {
    String name = "p" + random.nextInt(50);
    switch (random.nextInt(5)) {
      case 0 ->
          store.create(
              template.withMetadata(
                  ObjectMetaBuilder.builder(template.metadata())
                      .namespace("default")
                      .name(random.nextBoolean() ? name : "")
                      .generateName("g-")
                      .finalizers(ImmutableList.of())
                      .build()));
      case 1 -> store.bind("default", name, "n" + random.nextInt(9));
      case 2 -> store.delete(Kinds.POD, "default", name, DeleteOptions.NOW);
      default -> {
        Pod pod = store.get(Kinds.POD, "default", name);
        if (pod != null) {
          PodPhase phase = random.nextBoolean() ? PodPhase.RUNNING : PodPhase.FAILED;
          store.updateStatus(
              pod.withStatus(PodStatusBuilder.builder(pod.status()).phase(phase).build()));
        }
      }
    }
  }

  private static void reply(ApiStore store, Pod pod, String message) {
    Pod current = store.get(Kinds.POD, pod.metadata().namespace(), pod.name());
    if (current != null) {
      store.updateStatus(
          current.withStatus(PodStatusBuilder.builder(current.status()).message(message).build()));
    }
  }
}
