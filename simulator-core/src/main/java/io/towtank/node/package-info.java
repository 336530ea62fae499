/**
 * Hollow nodes: nodes without a machine behind them, and their kubelets.
 *
 * <ul>
 *   <li>{@link io.towtank.node.NodePool} makes Node objects from a template, {@link
 *       io.towtank.node.NodeNetwork} gives them addresses and pod CIDRs.
 *   <li>{@link io.towtank.node.HollowKubelets} is the component: it gives every Node object a
 *       kubelet, which registers the node and from then on runs the pods that are bound to it.
 *   <li>{@link io.towtank.node.NodeFaults} is what operators and accidents do to nodes: crash,
 *       return, cordon, delete; {@link io.towtank.node.NodeDrain} drains them. What else goes wrong
 *       with nodes (they are cut off, hang, shut down in order, have slow disks or wrong clocks) is
 *       begun and ended at {@code HollowKubelets}; {@code Isolation} keeps what a node misses, and
 *       {@code NodeShutdown} the order in which its pods end.
 *   <li>{@link io.towtank.node.PodBehaviour} says what the processes in containers do: how long
 *       they start and run, how they end, when they are ready, hang or leak memory. By default the
 *       pod's annotations say it ({@link io.towtank.node.AnnotatedBehaviour} lists them). {@link
 *       io.towtank.node.ImageSizes} how large images are; everything else that takes time is in the
 *       {@link io.towtank.latency.LatencyProfile}.
 *   <li>{@code PodVolumes} has pods with claims wait until their volumes are attached and mounted,
 *       {@code PodConfiguration} those that name ConfigMaps and Secrets ({@code
 *       io.towtank.environment}) until these are there.
 * </ul>
 *
 * <p>A pod's way through its kubelet: seen, admitted (or refused, as OutOfcpu), sandbox and
 * address, init containers one by one, containers one after another, ready, running; then, if it
 * ends or is deleted, stopping and stopped. {@code PodWorker} draws it and decides what is next;
 * {@code PodSandbox}, {@code ContainerStart}, {@code ContainerProcess}, {@code CrashLoop} and
 * {@code PodTermination} do it, {@code PodStatusWriter} tells the API of it.
 *
 * <p>Where users give stages ({@code io.towtank.stage}), {@code StagePlayer} plays them: it has the
 * pods that they select, and kubelets leave those alone.
 *
 * <p>Where containers say what they use of a {@code NodeResource}, memory, disk, files or
 * processes, {@code NodePressure} works out when a node runs short of it, evicts pods and lets the
 * kernel end containers; nothing is looked for meanwhile. A {@code Shortage} is one resource of one
 * node. {@link io.towtank.node.EvictionOptions} has the thresholds, hard and soft, and {@code
 * ThresholdWatch} which of them are crossed for long enough.
 *
 * <p>What is kept for a pod that just runs is a row of a table; a worker exists only while
 * something is about to happen. Heartbeats are computed, not written.
 */
package io.towtank.node;
