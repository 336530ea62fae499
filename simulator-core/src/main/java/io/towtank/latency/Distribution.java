package io.towtank.latency;

import java.util.random.RandomGenerator;

/** How long something takes, in virtual nanoseconds. */
public sealed interface Distribution {
  /** A duration of this distribution, never negative. */
  long sampleNanos(RandomGenerator random);

  /** Always the same. */
  record Constant(long nanos) implements Distribution {
    @Override
    public long sampleNanos(RandomGenerator random) {
      return nanos;
    }
  }

  /** Anything from {@code minNanos} to below {@code maxNanos}, all alike. */
  record Uniform(long minNanos, long maxNanos) implements Distribution {
    @Override
    public long sampleNanos(RandomGenerator random) {
      return maxNanos <= minNanos ? minNanos : random.nextLong(minNanos, maxNanos);
    }
  }

  /** Memoryless, with a mean. */
  record Exponential(long meanNanos) implements Distribution {
    @Override
    public long sampleNanos(RandomGenerator random) {
      return (long) (random.nextExponential() * meanNanos);
    }
  }

  /** The bell curve, cut at zero. */
  record Normal(long meanNanos, long deviationNanos) implements Distribution {
    @Override
    public long sampleNanos(RandomGenerator random) {
      return Math.max(0, (long) random.nextGaussian((double) meanNanos, (double) deviationNanos));
    }
  }

  /** Many short and a few long: the logarithm is normal; {@code sigma} is its deviation. */
  record LogNormal(long medianNanos, double sigma) implements Distribution {
    @Override
    public long sampleNanos(RandomGenerator random) {
      return (long) (medianNanos * Math.exp(sigma * random.nextGaussian()));
    }
  }

  /** No time at all. */
  Distribution ZERO = new Constant(0);
}
