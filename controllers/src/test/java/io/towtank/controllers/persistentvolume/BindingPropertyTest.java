package io.towtank.controllers.persistentvolume;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Kinds;
import io.towtank.api.KubeObject;
import io.towtank.api.ObjectReference;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.Timestamps;
import io.towtank.controllers.Seeds;
import io.towtank.controllers.TestCluster;
import io.towtank.controllers.provisioner.ExternalProvisioner;
import io.towtank.controllers.volumeprotection.ClaimProtectionController;
import io.towtank.controllers.volumeprotection.VolumeProtectionController;
import io.towtank.latency.ClientLimits;
import io.towtank.latency.Distribution;
import io.towtank.latency.LatencyProfile;
import io.towtank.store.ApiException;
import io.towtank.store.DeleteOptions;
import io.towtank.store.admission.PersistentVolumeClaimResize;
import io.towtank.store.admission.StorageObjectInUseProtection;
import io.towtank.store.admission.UpdateRules;
import io.towtank.time.StopCondition;
import io.towtank.validation.FeatureGates;
import io.towtank.volume.VolumeMatch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Whatever users do, and however slow and faulty the API is: no volume is two claims', no volume
 * that a claim has is given up, and in the end no claim waits for a volume that it could have.
 */
class BindingPropertyTest {
  private static final long MILLI = 1_000_000L;
  private static final List<String> SIZES = List.of("1Gi", "2Gi", "5Gi");
  private static final List<String> MODES =
      List.of("'ReadWriteOnce'", "'ReadWriteMany'", "'ReadWriteOnce','ReadOnlyMany'");
  private static final List<String> POLICIES = List.of("Retain", "Recycle", "Delete");
  private static final List<String> CLASSES = List.of("", "fast");

  private static LatencyProfile profile(Random random) {
    long request = random.nextInt(3) * 7L * MILLI;
    return new LatencyProfile(
        "random",
        random.nextBoolean()
            ? new Distribution.Constant(request)
            : new Distribution.Exponential(request),
        random.nextInt(3) * 400L * MILLI,
        ClientLimits.NONE,
        random.nextInt(3) == 0 ? new ClientLimits(20, 30) : ClientLimits.NONE,
        ClientLimits.NONE,
        0,
        0,
        Distribution.ZERO,
        0,
        Distribution.ZERO,
        Distribution.ZERO,
        Distribution.ZERO,
        Distribution.ZERO);
  }

  @Test
  void claimsAndVolumesAgree() {
    Seeds.forEach(60, BindingPropertyTest::run);
  }

  private static void run(Random random) {
    boolean[] faults = {true};
    TestCluster cluster =
        new TestCluster(
                random.nextLong(),
                profile(random),
                new StorageObjectInUseProtection(),
                new UpdateRules(FeatureGates.DEFAULT),
                new PersistentVolumeClaimResize(),
                request -> {
                  if (faults[0] && random.nextInt(12) == 0) {
                    throw new ApiException(ApiException.Reason.INTERNAL_ERROR, "a fault");
                  }
                  return request.object();
                })
            .with(PersistentVolumeController::new)
            .with(ClaimProtectionController::new)
            .with(VolumeProtectionController::new)
            .with(ExternalProvisioner::new)
            .start();
    Ledger ledger = new Ledger();
    cluster.store.addCommitListener(
        (previous, current, revision) -> ledger.committed(previous, current));
    faults[0] = false;
    cluster.create(
        """
        {'apiVersion': 'storage.k8s.io/v1', 'kind': 'StorageClass',
         'metadata': {'name': 'fast', 'annotations': {'towtank.io/provision-after': '2s',
          'towtank.io/failure-rate': '0.3'}},
         'reclaimPolicy': 'Delete', 'provisioner': 'disks.example.com'}
        """);
    faults[0] = true;
    for (int step = 0; step < 80; step++) {
      try {
        act(random, cluster);
      } catch (ApiException e) {
        // The user is told, and goes on.
      }
      cluster.simulation.run(
          new StopCondition.Time(
              cluster.simulation.nanos() + random.nextLong(3 * TestCluster.SECOND)));
    }
    faults[0] = false;
    cluster.settle();
    for (PersistentVolumeClaim claim : cluster.store.list(Kinds.PERSISTENT_VOLUME_CLAIM)) {
      finished(cluster, claim);
    }
    for (PersistentVolume volume : cluster.store.list(Kinds.PERSISTENT_VOLUME)) {
      finished(cluster, volume);
    }
  }

  private static void act(Random random, TestCluster cluster) {
    String number = String.valueOf(random.nextInt(6));
    switch (random.nextInt(9)) {
      case 0, 1 ->
          cluster.create(
              """
              {'apiVersion': 'v1', 'kind': 'PersistentVolume', 'metadata': {'name': 'v%s'},
               'spec': {'storageClassName': '%s', %s 'accessModes': [%s],
                'persistentVolumeReclaimPolicy': '%s', 'capacity': {'storage': '%s'},
                'nfs': {'server': 's', 'path': '/'}}}
              """
                  .formatted(
                      number,
                      pick(random, CLASSES),
                      random.nextInt(4) == 0
                          ? "'claimRef': {'namespace': 'default', 'name': 'c"
                              + random.nextInt(6)
                              + "'},"
                          : "",
                      pick(random, MODES),
                      pick(random, POLICIES),
                      pick(random, SIZES)));
      case 2, 3, 4 ->
          cluster.create(
              """
              {'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',
               'metadata': {'name': 'c%s', 'namespace': 'default'},
               'spec': {'storageClassName': '%s', %s 'accessModes': [%s],
                'resources': {'requests': {'storage': '%s'}}}}
              """
                  .formatted(
                      number,
                      pick(random, CLASSES),
                      random.nextInt(5) == 0 ? "'volumeName': 'v" + random.nextInt(6) + "'," : "",
                      pick(random, MODES),
                      pick(random, SIZES)));
      case 5, 6 ->
          cluster.delete(Kinds.PERSISTENT_VOLUME_CLAIM, "c" + number, DeleteOptions.DEFAULT);
      case 7 -> cluster.delete(Kinds.PERSISTENT_VOLUME, "v" + number, DeleteOptions.DEFAULT);
      default -> {
        if (cluster.store.get(Kinds.POD, "default", "p" + number) == null) {
          cluster.create(
              """
              {'apiVersion': 'v1', 'kind': 'Pod',
               'metadata': {'name': 'p%s', 'namespace': 'default'},
               'spec': {'containers': [{'name': 'c', 'image': 'a'}], 'volumes':
                [{'name': 'v', 'persistentVolumeClaim': {'claimName': 'c%s'}}]}}
              """
                  .formatted(number, random.nextInt(6)));
        } else {
          cluster.delete(Kinds.POD, "p" + number, DeleteOptions.DEFAULT);
        }
      }
    }
  }

  private static String pick(Random random, List<String> words) {
    return words.get(random.nextInt(words.size()));
  }

  private static String phase(PersistentVolumeClaim claim) {
    return String.valueOf(Objects.requireNonNull(claim.status()).phase());
  }

  /** What holds of a claim when all is quiet. */
  private static void finished(TestCluster cluster, PersistentVolumeClaim claim) {
    boolean used =
        cluster.store.list(Kinds.POD).stream()
            .anyMatch(pod ->
                pod.nodeName() != null
                    && pod.spec().volumes().stream()
                        .anyMatch(volume ->
                            claim
                                .name()
                                .equals(
                                    Objects.requireNonNull(volume.persistentVolumeClaim())
                                        .claimName())));
    if (claim.metadata().deletionTimestamp() != Timestamps.NONE) {
      assertThat(used).as("%s stays only while it is used", claim.name()).isTrue();
    }
    if (!phase(claim).equals("Pending")) {
      return;
    }
    assertThat(VolumeMatch.className(claim))
        .as("%s: the driver always succeeds in the end", claim.name())
        .matches(name -> name.isEmpty() || claim.spec().volumeName() != null);
    if (claim.spec().volumeName() == null) {
      for (PersistentVolume volume : cluster.store.list(Kinds.PERSISTENT_VOLUME)) {
        assertThat(VolumeMatch.suits(volume, claim) && modesSuit(volume, claim))
            .as("%s could have %s", claim.name(), volume.name())
            .isFalse();
      }
    }
  }

  private static boolean modesSuit(PersistentVolume volume, PersistentVolumeClaim claim) {
    return volume.spec().accessModes().containsAll(claim.spec().accessModes());
  }

  /** What holds of a volume when all is quiet. */
  private static void finished(TestCluster cluster, PersistentVolume volume) {
    ObjectReference owner = volume.spec().claimRef();
    String phase = String.valueOf(Objects.requireNonNull(volume.status()).phase());
    PersistentVolumeClaim claim =
        owner == null
            ? null
            : cluster.store.get(
                Kinds.PERSISTENT_VOLUME_CLAIM, "default", String.valueOf(owner.name()));
    boolean isThere =
        claim != null && Objects.equals(claim.metadata().uid(), owner == null ? null : owner.uid());
    if (owner == null || owner.uid() == null) {
      assertThat(phase).as(volume.name()).isEqualTo("Available");
    } else if (isThere) {
      assertThat(phase).as(volume.name()).isEqualTo("Bound");
      assertThat(Objects.requireNonNull(claim).spec().volumeName()).isEqualTo(volume.name());
      assertThat(phase(claim)).isEqualTo("Bound");
    } else {
      assertThat(phase).as(volume.name()).isIn("Released", "Failed");
      assertThat(volume.metadata().annotations())
          .as("%s: what was made for a claim goes with it", volume.name())
          .doesNotContainKey("pv.kubernetes.io/provisioned-by");
    }
  }

  /** Who has which volume, from nothing but the commits. */
  private static final class Ledger {
    /** The uid of the claim that is bound to a volume. */
    private final Map<String, String> owners = new HashMap<>();

    void committed(@Nullable KubeObject previous, @Nullable KubeObject current) {
      switch (current == null ? previous : current) {
        case PersistentVolumeClaim claim -> {
          String uid = String.valueOf(claim.metadata().uid());
          if (current == null) {
            owners.values().remove(uid);
          } else if (phase(claim).equals("Bound")) {
            String volume = Objects.requireNonNull(claim.spec().volumeName());
            String before = owners.put(volume, uid);
            assertThat(before == null || before.equals(uid))
                .as("%s is bound to %s, which is another's", claim.name(), volume)
                .isTrue();
          }
        }
        case PersistentVolume volume -> {
          String owner = owners.get(volume.name());
          if (owner != null) {
            assertThat(current).as("%s is gone under its claim", volume.name()).isNotNull();
            assertThat(Objects.requireNonNull(volume.spec().claimRef()).uid()).hasToString(owner);
            assertThat(Objects.requireNonNull(volume.status()).phase())
                .as("%s has a claim", volume.name())
                .isEqualTo("Bound");
          }
        }
        case null, default -> {
          // Others have no part in it.
        }
      }
    }
  }
}
