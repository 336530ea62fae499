package io.towtank.controllers.workload;

import io.towtank.store.ApiException;
import org.jspecify.annotations.Nullable;

/** Sends many requests of a kind and goes on when all of them are answered. */
public final class Batches {
  /** Sends one request. */
  @FunctionalInterface
  public interface Request {
    /** Sends the request of that number; calls {@code answer} exactly once. */
    void send(int index, Answer answer);
  }

  /** Is told how a request went. */
  @FunctionalInterface
  public interface Answer {
    /** Null where it succeeded. */
    void answered(@Nullable ApiException error);

    /** As {@link #answered}, where it is no failure that the object is gone. */
    default void answeredOrGone(@Nullable ApiException error) {
      answered(isGone(error) ? null : error);
    }
  }

  /** Is told how all of them went. */
  @FunctionalInterface
  public interface Finished {
    /**
     * All requests that were sent are answered.
     *
     * @param sent how many were sent; fewer than asked for where slow start gave up
     * @param error the first error, null where there was none
     */
    void finished(int sent, @Nullable ApiException error);
  }

  private final int count;
  private final int largest;
  private final Request request;
  private final Finished finished;
  private int sent;
  private int pending;
  private int batch;
  private @Nullable ApiException error;

  private Batches(int count, int batch, int largest, Request request, Finished finished) {
    this.count = count;
    this.batch = batch;
    this.largest = largest;
    this.request = request;
    this.finished = finished;
  }

  /** Whether a request failed only because its object is gone. */
  public static boolean isGone(@Nullable ApiException error) {
    return error != null && error.reason() == ApiException.Reason.NOT_FOUND;
  }

  /** Sends all at once. */
  public static void all(int count, Request request, Finished finished) {
    new Batches(count, count, count, request, finished).next();
  }

  /** Sends them one after another and stops at the first error. */
  public static void oneByOne(int count, Request request, Finished finished) {
    new Batches(count, 1, 1, request, finished).next();
  }

  /**
   * Sends 1, then 2, then 4 and so on, each batch after the answers to the one before, and stops
   * after a batch with an error: a mistake in a template costs one request, not a thousand
   * (pkg/controller: slowStartBatch).
   */
  public static void slowStart(int count, Request request, Finished finished) {
    new Batches(count, 1, count, request, finished).next();
  }

  /** As {@link #slowStart(int, Request, Finished)}, with no more than so many at once. */
  public static void slowStart(int count, int largest, Request request, Finished finished) {
    new Batches(count, 1, largest, request, finished).next();
  }

  private void next() {
    if (error != null || sent == count) {
      finished.finished(sent, error);
      return;
    }
    int first = sent;
    int last = Math.min(count, first + batch);
    batch = Math.min(2 * batch, largest);
    sent = last;
    pending = last - first;
    for (int i = first; i < last; i++) {
      request.send(i, this::answered);
    }
  }

  private void answered(@Nullable ApiException failure) {
    if (failure != null && error == null) {
      error = failure;
    }
    if (--pending == 0) {
      next();
    }
  }
}
