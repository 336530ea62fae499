package io.towtank.node;

/** What a kubelet watches to see whether its node runs short (kubelet: eviction/api/types.go). */
public enum EvictionSignal {
  /** Memory that no container uses. */
  MEMORY_AVAILABLE("memory.available"),
  /** Of the file system of images and containers, which is one. */
  IMAGEFS_AVAILABLE("imagefs.available"),
  /** Of the same file system, as the one of logs and volumes. */
  NODEFS_AVAILABLE("nodefs.available"),
  /** How many more files the file system of images and containers can have. */
  IMAGEFS_INODES_FREE("imagefs.inodesFree"),
  /** Of the same file system. */
  NODEFS_INODES_FREE("nodefs.inodesFree"),
  /** How many more processes the node can have. */
  PID_AVAILABLE("pid.available");

  private final String text;

  EvictionSignal(String text) {
    this.text = text;
  }

  /** As a KubeletConfiguration has it. */
  public String text() {
    return text;
  }
}
