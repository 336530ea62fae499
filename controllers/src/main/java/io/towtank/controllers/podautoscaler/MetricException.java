package io.towtank.controllers.podautoscaler;

/** A number of replicas could not be calculated; the message is that of Kubernetes. */
public final class MetricException extends Exception {
  private static final long serialVersionUID = 1L;

  MetricException(String message) {
    super(message);
  }
}
