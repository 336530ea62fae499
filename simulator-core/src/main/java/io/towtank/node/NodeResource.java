package io.towtank.node;

import io.towtank.api.Quantity;
import org.jspecify.annotations.Nullable;

/** What a node can run short of (kubelet: eviction/helpers.go, signalToResource). */
enum NodeResource {
  MEMORY("memory", "MemoryPressure", "KubeletHasInsufficientMemory", "KubeletHasSufficientMemory"),
  /** Images and containers share one file system, of which there are thus two signals. */
  DISK("ephemeral-storage", "DiskPressure", "KubeletHasDiskPressure", "KubeletHasNoDiskPressure"),
  /** Files of that file system. */
  INODES("inodes", "DiskPressure", "KubeletHasDiskPressure", "KubeletHasNoDiskPressure"),
  PIDS("pids", "PIDPressure", "KubeletHasInsufficientPID", "KubeletHasSufficientPID");

  /** As pods request it, and evictions call it. */
  final String resource;

  /** The node's condition. */
  final String condition;

  private final String pressed;
  private final String wellAgain;

  NodeResource(String resource, String condition, String pressed, String wellAgain) {
    this.resource = resource;
    this.condition = condition;
    this.pressed = pressed;
    this.wellAgain = wellAgain;
  }

  static NodeResource of(EvictionSignal signal) {
    return switch (signal) {
      case MEMORY_AVAILABLE -> MEMORY;
      case IMAGEFS_AVAILABLE, NODEFS_AVAILABLE -> DISK;
      case IMAGEFS_INODES_FREE, NODEFS_INODES_FREE -> INODES;
      case PID_AVAILABLE -> PIDS;
    };
  }

  /** Whether it is on the disk, so that images that no pod uses are removed first. */
  boolean isOnDisk() {
    return this == DISK || this == INODES;
  }

  /** The condition's reason. */
  String reason(boolean isPressed) {
    return isPressed ? pressed : wellAgain;
  }

  /** The condition's message (kubelet: nodestatus/setters.go). */
  String message(boolean isPressed) {
    return switch (this) {
      case MEMORY -> "kubelet has " + (isPressed ? "in" : "") + "sufficient memory available";
      case DISK, INODES -> "kubelet has " + (isPressed ? "" : "no ") + "disk pressure";
      case PIDS -> "kubelet has " + (isPressed ? "in" : "") + "sufficient PID available";
    };
  }

  /**
   * An amount as a Quantity prints it: bytes in powers of two, of which whole kibibytes are fine
   * enough, and all else as a number.
   */
  String text(long amount) {
    return this == MEMORY || this == DISK
        ? Quantity.ofBytes(amount >> 10 << 10).toString()
        : Quantity.of(amount).toString();
  }

  /** How many an annotation says; null where it does not say a number, or one less than 0. */
  static @Nullable Long count(@Nullable String annotation) {
    try {
      long count = annotation == null ? -1 : Quantity.parse(annotation).value();
      return count < 0 ? null : count;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
