package io.towtank.api;

/** A workload of which there can be more or fewer replicas: of those built in, whoever has them. */
public sealed interface Scalable permits Deployment, ReplicaSet, StatefulSet {
  /** This object with other replicas in its spec. */
  KubeObject withReplicas(int replicas);
}
