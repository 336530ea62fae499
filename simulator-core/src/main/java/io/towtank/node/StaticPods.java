package io.towtank.node;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import io.towtank.api.Fields;
import io.towtank.api.Node;
import io.towtank.api.ObjectMeta;
import io.towtank.api.ObjectMetaBuilder;
import io.towtank.api.OwnerReference;
import io.towtank.api.Pod;
import io.towtank.api.PodBuilder;
import io.towtank.api.PodSpec;
import io.towtank.api.PodSpecBuilder;
import io.towtank.api.PodStatusBuilder;
import io.towtank.api.Timestamps;
import io.towtank.api.Toleration;
import io.towtank.api.Uid;
import java.nio.charset.StandardCharsets;

/**
 * The pods that nodes run by themselves, of which manifests lie on the node: nobody schedules them,
 * and their kubelet shows each to the API as a mirror, which it makes again where somebody deletes
 * it (kubelet: config/common.go, pod/mirror_client.go).
 */
@FunctionalInterface
public interface StaticPods {
  /** No node has any. */
  StaticPods NONE = node -> ImmutableList.of();

  /** The namespace of static pods that name none (kubelet: applyDefaults). */
  String DEFAULT_NAMESPACE = "default";

  /** The annotation of mirrors, which bears the hash of the static pod. */
  String MIRROR = "kubernetes.io/config.mirror";

  /** What lies on a node. */
  ImmutableList<Pod> on(String node);

  /** Whether a pod is the mirror of a static one. */
  static boolean isMirror(Pod pod) {
    ImmutableMap<String, String> annotations = pod.metadata().annotations();
    return !annotations.isEmpty() && annotations.containsKey(MIRROR);
  }

  /** What a node shows to the API of a static pod. */
  static Pod mirror(Pod manifest, Node node) {
    ObjectMeta metadata = manifest.metadata();
    PodSpec spec = manifest.spec();
    String name = metadata.name() + "-" + node.name();
    String hash = Hashing.murmur3_128().hashString(name + spec, StandardCharsets.UTF_8).toString();
    Uid owner = node.metadata().uid();
    return PodBuilder.builder(manifest)
        .metadata(
            ObjectMetaBuilder.builder(metadata)
                .name(name)
                .namespace(metadata.namespace() == null ? DEFAULT_NAMESPACE : metadata.namespace())
                .annotations(
                    ImmutableMap.<String, String>builder()
                        .putAll(metadata.annotations())
                        .put("kubernetes.io/config.hash", hash)
                        .put("kubernetes.io/config.source", "file")
                        .put(MIRROR, hash)
                        .buildKeepingLast())
                .ownerReferences(
                    owner == null
                        ? ImmutableList.of()
                        : ImmutableList.of(
                            new OwnerReference(
                                "v1", "Node", node.name(), owner, true, null, Fields.NONE)))
                .build())
        .spec(
            PodSpecBuilder.builder(spec)
                .tolerations(
                    ImmutableList.<Toleration>builder()
                        .addAll(spec.tolerations())
                        .add(new Toleration(null, "Exists", null, "NoExecute", null, Fields.NONE))
                        .build())
                .build())
        .nodeName(node.name())
        .status(PodStatusBuilder.builder().startTime(Timestamps.NONE).build())
        .build();
  }
}
