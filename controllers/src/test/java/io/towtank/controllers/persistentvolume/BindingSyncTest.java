package io.towtank.controllers.persistentvolume;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import io.towtank.api.ObjectKey;
import io.towtank.api.PersistentVolume;
import io.towtank.api.PersistentVolumeClaim;
import io.towtank.api.StorageClass;
import io.towtank.controllers.TestCluster;
import io.towtank.volume.VolumeMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is decided about claims and volumes, as tables. A claim is written {@code class size modes
 * [volume] [flags]}, a volume {@code name class size modes [owner/uid] [flags]}; {@code -} is for
 * none. Flags: {@code done} (bind-completed), {@code chosen} (bound-by-controller), {@code node}
 * (selected-node), {@code ssd} (a label or selector), {@code block}, {@code leaving}, {@code made}
 * (provisioned-by), {@code pending}, and the sources and reclaim policies by name.
 */
class BindingSyncTest {
  private static final String UID = "00000000-0000-0000-0000-000000000001";
  private static final String OTHER_UID = "00000000-0000-0000-0000-000000000002";

  private static String modes(String letters) {
    List<String> modes = new ArrayList<>();
    for (String mode : Splitter.on('+').split(letters)) {
      modes.add(
          switch (mode) {
            case "RWO" -> "'ReadWriteOnce'";
            case "ROX" -> "'ReadOnlyMany'";
            case "RWX" -> "'ReadWriteMany'";
            default -> throw new IllegalArgumentException(mode);
          });
    }
    return String.join(",", modes);
  }

  private static PersistentVolumeClaim claim(String text) {
    List<String> words = Splitter.on(' ').omitEmptyStrings().splitToList(text);
    List<String> flags = words.subList(3, words.size());
    String annotations =
        (flags.contains("done") ? "'pv.kubernetes.io/bind-completed': 'yes'," : "")
            + (flags.contains("chosen") ? "'pv.kubernetes.io/bound-by-controller': 'yes'," : "")
            + (flags.contains("node") ? "'volume.kubernetes.io/selected-node': 'n'," : "")
            + "'a': 'b'";
    String volume =
        flags.stream()
            .filter(f -> f.startsWith("v"))
            .map(f -> "'volumeName': '" + f + "',")
            .findFirst()
            .orElse("");
    return (PersistentVolumeClaim)
        TestCluster.read(
            """
            {'apiVersion': 'v1', 'kind': 'PersistentVolumeClaim',
             'metadata': {'name': 'c', 'namespace': 'default', 'uid': '%s', 'annotations': {%s}},
             'spec': {%s %s %s %s 'accessModes': [%s],
              'resources': {'requests': {'storage': '%s'}}}}
            """
                .formatted(
                    UID,
                    annotations,
                    words.get(0).equals("nil")
                        ? ""
                        : "'storageClassName': '" + words.get(0).replace("-", "") + "',",
                    volume,
                    flags.contains("ssd") ? "'selector': {'matchLabels': {'disk': 'ssd'}}," : "",
                    flags.contains("block") ? "'volumeMode': 'Block'," : "",
                    modes(words.get(2)),
                    words.get(1)));
  }

  private static PersistentVolume volume(String text) {
    List<String> words = Splitter.on(' ').omitEmptyStrings().splitToList(text);
    List<String> flags = words.subList(4, words.size());
    String owner =
        flags.stream()
            .filter(f -> f.contains("/"))
            .map(f -> {
              List<String> parts = Splitter.on('/').splitToList(f);
              String uid =
                  switch (parts.get(1)) {
                    case "own" -> ",'uid': '" + UID + "'";
                    case "other" -> ",'uid': '" + OTHER_UID + "'";
                    default -> "";
                  };
              return "'claimRef': {'namespace': 'default', 'name': '"
                  + parts.get(0)
                  + "'"
                  + uid
                  + "},";
            })
            .findFirst()
            .orElse("");
    String source =
        flags.contains("csi")
            ? "'csi': {'driver': 'd', 'volumeHandle': 'h'},"
            : flags.contains("tmp")
                ? "'hostPath': {'path': '/tmp/x'},"
                : flags.contains("hostPath")
                    ? "'hostPath': {'path': '/data'},"
                    : "'nfs': {'server': 's', 'path': '/'},";
    String policy =
        flags.stream()
            .filter(f -> f.equals("Delete") || f.equals("Recycle") || f.equals("Burn"))
            .findFirst()
            .orElse("Retain");
    return (PersistentVolume)
        TestCluster.read(
            """
            {'apiVersion': 'v1', 'kind': 'PersistentVolume',
             'metadata': {'name': '%s', %s 'labels': {%s}, 'annotations': {%s 'a': 'b'}},
             'spec': {'storageClassName': '%s', %s %s %s 'accessModes': [%s],
              'persistentVolumeReclaimPolicy': '%s', 'capacity': {'storage': '%s'}},
             'status': {'phase': '%s'}}
            """
                .formatted(
                    words.get(0),
                    flags.contains("leaving") ? "'deletionTimestamp': '2026-01-01T00:00:00Z'," : "",
                    flags.contains("ssd") ? "'disk': 'ssd'" : "",
                    (flags.contains("made") ? "'pv.kubernetes.io/provisioned-by': 'd'," : "")
                        + (flags.contains("chosen")
                            ? "'pv.kubernetes.io/bound-by-controller': 'yes',"
                            : ""),
                    words.get(1).replace("-", ""),
                    owner,
                    source,
                    flags.contains("block") ? "'volumeMode': 'Block'," : "",
                    modes(words.get(3)),
                    policy,
                    words.get(2),
                    flags.contains("pending") ? "Pending" : "Available"));
  }

  private static StorageClass storageClass(String name, String provisioner, String mode) {
    return (StorageClass)
        TestCluster.read(
            """
            {'apiVersion': 'storage.k8s.io/v1', 'kind': 'StorageClass', 'metadata': {'name': '%s'},
             'provisioner': '%s', 'volumeBindingMode': '%s'}
            """
                .formatted(name, provisioner, mode));
  }

  /** Volumes, and the classes fast, late (WaitForFirstConsumer), local, built and old. */
  private static BindingSync.Known known(String volumes, String pods) {
    BinderCache cache = new BinderCache();
    long revision = 1;
    for (String text : Splitter.on(';').trimResults().omitEmptyStrings().split(volumes)) {
      cache.put(volume(text).withResourceVersion(revision++));
    }
    return new BindingSync.Known() {
      @Override
      public @Nullable PersistentVolume volume(String name) {
        return cache.volume(name);
      }

      @Override
      public Iterable<PersistentVolume> keptFor(ObjectKey claim) {
        return cache.keptFor(claim);
      }

      @Override
      public Iterable<PersistentVolume> free(String className) {
        return cache.free(className);
      }

      @Override
      public @Nullable StorageClass storageClass(String name) {
        return switch (name) {
          case "fast" -> BindingSyncTest.storageClass(name, "disks.example.com", "Immediate");
          case "late" ->
              BindingSyncTest.storageClass(name, "disks.example.com", "WaitForFirstConsumer");
          case "local" ->
              BindingSyncTest.storageClass(
                  name, "kubernetes.io/no-provisioner", "WaitForFirstConsumer");
          case "built" ->
              BindingSyncTest.storageClass(name, "kubernetes.io/glusterfs", "Immediate");
          case "old" -> BindingSyncTest.storageClass(name, "kubernetes.io/aws-ebs", "Immediate");
          default -> null;
        };
      }

      @Override
      public @Nullable StorageClass defaultClass() {
        return storageClass("fast");
      }

      @Override
      public ImmutableList<String> waitingPods(ObjectKey claim) {
        return ImmutableList.copyOf(Splitter.on(' ').omitEmptyStrings().split(pods));
      }
    };
  }

  private static String text(ClaimDecision decision) {
    return switch (decision) {
      case ClaimDecision.Bind(PersistentVolume volume) -> "bind " + volume.name();
      case ClaimDecision.Wait(ClaimDecision.Notice notice) ->
          notice == null ? "wait" : "wait " + notice.reason() + ": " + notice.message();
      case ClaimDecision.AssignClass(String name) -> "class " + name;
      case ClaimDecision.Provision(String provisioner) -> "provision " + provisioner;
      case ClaimDecision.Lose(ClaimDecision.Notice notice) -> "lose " + notice.reason();
    };
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the smallest that is large enough     | - 5Gi RWO | va - 20Gi RWO; vb - 10Gi RWO; vc - 1Gi RWO | | bind vb
          ties go to the first by name          | - 5Gi RWO | vb - 10Gi RWO; va - 10Gi RWO             | | bind va
          exactly as large                      | - 10Gi RWO | va - 10Gi RWO                           | | bind va
          fewer modes come before less room     | - 5Gi RWO | va - 10Gi RWO+RWX; vb - 20Gi RWO          | | bind vb
          all modes that are asked for          | - 5Gi RWO+ROX | va - 10Gi RWO; vb - 20Gi RWX+RWO+ROX  | | bind vb
          none is large enough                  | - 5Gi RWO | va - 1Gi RWO | | wait FailedBinding: no persistent volumes available for this claim and no storage class is set
          none is available yet                 | - 5Gi RWO | va - 9Gi RWO pending | | wait FailedBinding: no persistent volumes available for this claim and no storage class is set
          one that is leaving is none           | - 5Gi RWO | va - 9Gi RWO leaving; vb - 10Gi RWO | | bind vb
          another claim's is none               | - 5Gi RWO | va - 9Gi RWO d/; vb - 10Gi RWO | | bind vb
          another of the same name's is none    | - 5Gi RWO | va - 9Gi RWO c/other; vb - 10Gi RWO | | bind vb
          one that is kept for it comes first   | - 5Gi RWO | va - 9Gi RWO; vb - 20Gi RWO c/ | | bind vb
          even if it is not available yet       | - 5Gi RWO | vb - 20Gi RWO c/own pending | | bind vb
          but not if it is too small            | - 5Gi RWO | va - 9Gi RWO; vb - 1Gi RWO c/ | | bind va
          nor where another has fewer modes     | - 5Gi RWO | va - 9Gi RWO; vb - 9Gi RWO+RWX c/ | | bind va
          a selector                            | - 5Gi RWO ssd | va - 9Gi RWO; vb - 20Gi RWO ssd | | bind vb
          a file system is no block device      | - 5Gi RWO block | va - 9Gi RWO; vb - 20Gi RWO block | | bind vb
          another class                         | fast 5Gi RWO | va - 9Gi RWO; vb fast 20Gi RWO | | bind vb
          a class makes what there is not       | fast 5Gi RWO | va - 9Gi RWO | | provision disks.example.com
          what was built in is a driver's now   | old 5Gi RWO | | | provision ebs.csi.aws.com
          what is built in no more              | built 5Gi RWO | | | wait ProvisioningFailed: no volume plugin matched name: kubernetes.io/glusterfs
          a class that there is not             | none 5Gi RWO | | | wait ProvisioningFailed: storageclass.storage.k8s.io "none" not found
          no class named, so the default one    | nil 5Gi RWO | | | class fast
          unless a volume is there without one  | nil 5Gi RWO | va - 9Gi RWO | | bind va
          waits for a pod                       | late 5Gi RWO | va late 9Gi RWO | | wait WaitForFirstConsumer: waiting for first consumer to be created before binding
          waits for its pod's node              | late 5Gi RWO | | p | wait WaitForPodScheduled: waiting for pod p to be scheduled
          waits for its pods' node              | late 5Gi RWO | | p q | wait WaitForPodScheduled: waiting for pods p,q to be scheduled
          the scheduler has given it one        | late 5Gi RWO | va late 9Gi RWO c/own chosen | | bind va
          the scheduler has told it a node      | late 5Gi RWO node | va late 9Gi RWO | | provision disks.example.com
          volumes that are made by hand         | local 5Gi RWO | va local 9Gi RWO | | wait WaitForFirstConsumer: waiting for first consumer to be created before binding
          it names one that there is not        | - 5Gi RWO v1 | | | wait
          it names one that is free             | - 5Gi RWO v1 | v0 - 6Gi RWO; v1 - 9Gi RWO | | bind v1
          even if its class waits for pods      | late 5Gi RWO v1 | v1 late 9Gi RWO | | bind v1
          it names one that is kept for it      | - 5Gi RWO v1 | v1 - 9Gi RWO c/ | | bind v1
          it names another's                    | - 5Gi RWO v1 | v1 - 9Gi RWO d/own | | wait FailedBinding: volume "v1" already bound to a different claim.
          it names one that is too small        | - 5Gi RWO v1 | v1 - 1Gi RWO | | wait VolumeMismatch: Cannot bind to requested volume "v1": requested PV is too small
          of another class                      | - 5Gi RWO v1 | v1 fast 9Gi RWO | | wait VolumeMismatch: Cannot bind to requested volume "v1": storageClassName does not match
          of another mode                       | - 5Gi RWO v1 | v1 - 9Gi RWO block | | wait VolumeMismatch: Cannot bind to requested volume "v1": incompatible volumeMode
          of other accesses                     | - 5Gi RWO v1 | v1 - 9Gi ROX | | wait VolumeMismatch: Cannot bind to requested volume "v1": incompatible accessMode
          that is leaving                       | - 5Gi RWO v1 | v1 - 9Gi RWO leaving | | wait VolumeMismatch: Cannot bind to requested volume "v1": the volume is marked for deletion "v1"
          bound, and all is well                | - 5Gi RWO v1 done | v1 - 9Gi RWO c/own | | bind v1
          bound, and its volume has forgotten   | - 5Gi RWO v1 done | v1 - 9Gi RWO | | bind v1
          bound, and its volume is gone         | - 5Gi RWO v1 done | | | lose ClaimLost
          bound, and to what is not said        | - 5Gi RWO done | | | lose ClaimLost
          bound, and its volume is another's    | - 5Gi RWO v1 done | v1 - 9Gi RWO c/other | | lose ClaimMisbound
          """)
  void claims(
      String name, String claim, @Nullable String volumes, @Nullable String pods, String expected) {
    ClaimDecision decision =
        BindingSync.claim(
            claim(claim),
            known(Objects.requireNonNullElse(volumes, ""), Objects.requireNonNullElse(pods, "")));
    assertThat(text(decision)).as(name).isEqualTo(expected);
  }

  private static String text(VolumeDecision decision) {
    return switch (decision) {
      case VolumeDecision.SetPhase(String phase) -> phase;
      case VolumeDecision.SyncClaim(ObjectKey claim) -> "sync " + claim;
      case VolumeDecision.Mismatch(PersistentVolumeClaim claim) -> "mismatch";
      case VolumeDecision.Unbind() -> "unbind";
      case VolumeDecision.Release(VolumeDecision.Reclaim then) ->
          "release, "
              + switch (then) {
                case VolumeDecision.Reclaim.Leave() -> "leave";
                case VolumeDecision.Reclaim.Recycle() -> "recycle";
                case VolumeDecision.Reclaim.Delete() -> "delete";
                case VolumeDecision.Reclaim.Fail(String reason, String message) ->
                    reason + ": " + message;
              };
    };
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nobody's                         | v1 - 9Gi RWO |  | Available
          kept for a claim to come         | v1 - 9Gi RWO c/ |  | Available
          bound                            | v1 - 9Gi RWO c/own | - 5Gi RWO v1 done | Bound
          the claim does not know yet      | v1 - 9Gi RWO c/own | - 5Gi RWO | sync default/c
          it is another kind of volume     | v1 - 9Gi RWO c/own block | - 5Gi RWO | mismatch
          the claim has another            | v1 - 9Gi RWO c/own chosen | - 5Gi RWO v2 | unbind
          though it was made for it        | v1 - 9Gi RWO c/own csi made Delete | - 5Gi RWO v2 | release, leave
          made for it, to be retained      | v1 - 9Gi RWO c/own csi made | - 5Gi RWO v2 | unbind
          its claim is gone                | v1 - 9Gi RWO c/own | | release, leave
          gone, and it was made by a driver | v1 - 9Gi RWO c/own csi made Delete | | release, leave
          gone, and nobody can delete it   | v1 - 9Gi RWO c/own Delete | | release, VolumeFailedDelete: error getting deleter volume plugin for volume "v1": no deletable volume plugin matched
          gone, a directory that may go    | v1 - 9Gi RWO c/own tmp Delete | | release, delete
          gone, a directory that may not   | v1 - 9Gi RWO c/own hostPath Delete | | release, VolumeFailedDelete: host_path deleter only supports /tmp/.+ but received provided /data
          gone, to be used again           | v1 - 9Gi RWO c/own Recycle | | release, recycle
          gone, and cannot be used again   | v1 - 9Gi RWO c/own csi Recycle | | release, VolumeFailedRecycle: No recycler plugin found for the volume!
          gone, and who knows what then    | v1 - 9Gi RWO c/own Burn | | release, VolumeUnknownReclaimPolicy: Volume has unrecognized PersistentVolumeReclaimPolicy
          """)
  void volumes(String name, String volume, @Nullable String claim, String expected) {
    VolumeDecision decision =
        BindingSync.volume(volume(volume), claim == null ? null : claim(claim));
    assertThat(text(decision)).as(name).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"true, true, b", "true, false, a", "false, false, ''"})
  void theNewestDefaultClassCounts(boolean first, boolean second, String expected) {
    List<StorageClass> classes = new ArrayList<>();
    classes.add(withDefault("a", first, "2026-01-01T00:00:00Z"));
    classes.add(withDefault("b", second, "2026-01-02T00:00:00Z"));
    StorageClass found = VolumeMatch.defaultClass(classes);
    assertThat(found == null ? "" : found.name()).isEqualTo(expected);
  }

  private static StorageClass withDefault(String name, boolean isDefault, String created) {
    return (StorageClass)
        TestCluster.read(
            """
            {'apiVersion': 'storage.k8s.io/v1', 'kind': 'StorageClass',
             'metadata': {'name': '%s', 'creationTimestamp': '%s',
              'annotations': {'storageclass.kubernetes.io/is-default-class': '%s'}},
             'provisioner': 'd'}
            """
                .formatted(name, created, isDefault));
  }
}
