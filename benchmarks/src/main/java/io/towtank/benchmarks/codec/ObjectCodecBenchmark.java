package io.towtank.benchmarks.codec;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.towtank.api.KubeObject;
import io.towtank.codec.ObjectCodec;
import io.towtank.defaults.Defaulting;
import io.towtank.manifest.Manifest;
import io.towtank.manifest.ManifestReader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A running pod between its document and its record, and from its manifest. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-Xmx1g", "-XX:+UseParallelGC", "-XX:+UseCompactObjectHeaders"})
@State(Scope.Thread)
public class ObjectCodecBenchmark {
  private static final String MANIFEST =
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: web-5d4f8c7b9-x2x7k
        generateName: web-5d4f8c7b9-
        namespace: default
        uid: 0f3b2a1c-0001-4000-8000-00000000002a
        resourceVersion: "4711"
        generation: 1
        creationTimestamp: "2026-01-01T00:00:00Z"
        labels: {app: web, pod-template-hash: 5d4f8c7b9}
        ownerReferences:
        - apiVersion: apps/v1
          kind: ReplicaSet
          name: web-5d4f8c7b9
          uid: 0f3b2a1c-0001-4000-8000-000000000029
          controller: true
          blockOwnerDeletion: true
      spec:
        containers:
        - name: web
          image: nginx:1.27
          ports: [{containerPort: 80}]
          resources:
            requests: {cpu: 100m, memory: 128Mi}
            limits: {memory: 256Mi}
          readinessProbe: {httpGet: {path: /, port: 80}}
        nodeName: node-00042
      status:
        phase: Running
        hostIP: 10.0.0.42
        podIP: 10.42.0.7
        podIPs: [{ip: 10.42.0.7}]
        startTime: "2026-01-01T00:00:01Z"
        qosClass: Burstable
        conditions:
        - {type: PodScheduled, status: "True", lastTransitionTime: "2026-01-01T00:00:01Z"}
        - {type: Initialized, status: "True", lastTransitionTime: "2026-01-01T00:00:01Z"}
        - {type: ContainersReady, status: "True", lastTransitionTime: "2026-01-01T00:00:05Z"}
        - {type: Ready, status: "True", lastTransitionTime: "2026-01-01T00:00:05Z"}
        containerStatuses:
        - name: web
          image: nginx:1.27
          imageID: docker.io/library/nginx@sha256:0123456789abcdef
          containerID: containerd://0123456789abcdef
          ready: true
          started: true
          restartCount: 0
          state: {running: {startedAt: "2026-01-01T00:00:04Z"}}
      """;

  private final ObjectNode document = document();
  private final KubeObject pod = ObjectCodec.read(document);

  private static ObjectNode document() {
    ObjectNode document = ManifestReader.read("pod", MANIFEST).documents().getFirst().content();
    Defaulting.apply(document);
    return document;
  }

  /** The record of a document. */
  @Benchmark
  public KubeObject read() {
    return ObjectCodec.read(document);
  }

  /** The document of a record. */
  @Benchmark
  public ObjectNode write() {
    return ObjectCodec.write(pod);
  }

  /** The record of a YAML text, with all checks. */
  @Benchmark
  public Manifest manifest() {
    return ManifestReader.read("pod", MANIFEST);
  }

  /** What the API server fills in. */
  @Benchmark
  public KubeObject defaulting() {
    return Defaulting.apply(pod);
  }
}
