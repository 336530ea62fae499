package io.towtank.traffic;

import com.google.common.collect.ImmutableList;

/**
 * How many requests a second come to a service, over virtual time; or the value of anything else
 * that goes up and down in such ways.
 */
public sealed interface DemandCurve {
  /**
   * What it is at a time.
   *
   * @param nanos since the start of the run
   */
  double at(long nanos);

  /**
   * How many requests come between two times, on average.
   *
   * @param fromNanos in nanoseconds since the start of the run
   * @param toNanos in nanoseconds since the start of the run
   */
  double requests(long fromNanos, long toNanos);

  /** Always as many. */
  record Constant(double perSecond) implements DemandCurve {
    @Override
    public double at(long nanos) {
      return perSecond;
    }

    @Override
    public double requests(long fromNanos, long toNanos) {
      return perSecond * seconds(toNanos - fromNanos);
    }
  }

  /**
   * From a time on as many.
   *
   * @param perSecond until the next step
   */
  record Step(long atNanos, double perSecond) {}

  /** From each of some times on another number; none before the first. */
  record Steps(ImmutableList<Step> steps) implements DemandCurve {
    public Steps {
      for (int i = 1; i < steps.size(); i++) {
        if (steps.get(i).atNanos() <= steps.get(i - 1).atNanos()) {
          throw new IllegalArgumentException("steps are not in order of their times");
        }
      }
    }

    @Override
    public double at(long nanos) {
      double value = 0;
      for (Step step : steps) {
        if (step.atNanos() > nanos) {
          break;
        }
        value = step.perSecond();
      }
      return value;
    }

    @Override
    public double requests(long fromNanos, long toNanos) {
      double requests = 0;
      for (int i = 0; i < steps.size(); i++) {
        long begin = Math.max(fromNanos, steps.get(i).atNanos());
        long end = i + 1 < steps.size() ? Math.min(toNanos, steps.get(i + 1).atNanos()) : toNanos;
        if (begin < end) {
          requests += steps.get(i).perSecond() * seconds(end - begin);
        }
      }
      return requests;
    }
  }

  /**
   * Between a low and a high, as a sine: lowest at the start of each period, highest in its middle.
   *
   * @param periodNanos usually a day
   */
  record Diurnal(double low, double high, long periodNanos) implements DemandCurve {
    @Override
    public double at(long nanos) {
      double turned = 2 * Math.PI * (nanos % periodNanos) / periodNanos;
      return (low + high) / 2 - (high - low) / 2 * StrictMath.cos(turned);
    }

    @Override
    public double requests(long fromNanos, long toNanos) {
      double middle = (low + high) / 2;
      double swing = (high - low) / 2;
      double turn = 2 * Math.PI / periodNanos;
      // The integral of middle - swing × cos; StrictMath gives the same on every machine.
      double sine = StrictMath.sin(turn * toNanos) - StrictMath.sin(turn * fromNanos);
      return middle * seconds(toNanos - fromNanos) - swing * sine / turn / 1e9;
    }
  }

  /**
   * More now and then, on top of something else.
   *
   * @param perSecond how many more while a burst lasts
   * @param firstNanos when the first begins
   * @param everyNanos from the beginning of one to that of the next
   */
  record Bursts(
      DemandCurve base, double perSecond, long firstNanos, long everyNanos, long lastingNanos)
      implements DemandCurve {
    @Override
    public double at(long nanos) {
      boolean bursting = nanos >= firstNanos && (nanos - firstNanos) % everyNanos < lastingNanos;
      return base.at(nanos) + (bursting ? perSecond : 0);
    }

    @Override
    public double requests(long fromNanos, long toNanos) {
      double burst = bursting(toNanos) - bursting(fromNanos);
      return base.requests(fromNanos, toNanos) + perSecond * burst / 1e9;
    }

    /** For how long there were bursts up to a time. */
    private long bursting(long nanos) {
      if (nanos <= firstNanos) {
        return 0;
      }
      long since = nanos - firstNanos;
      return since / everyNanos * lastingNanos + Math.min(since % everyNanos, lastingNanos);
    }
  }

  /**
   * From a table: between two of its rows in a straight line; before the first as many as in the
   * first, after the last as many as in the last.
   */
  record Table(ImmutableList<Step> rows) implements DemandCurve {
    public Table {
      if (rows.isEmpty()) {
        throw new IllegalArgumentException("there is no row");
      }
      for (int i = 1; i < rows.size(); i++) {
        if (rows.get(i).atNanos() <= rows.get(i - 1).atNanos()) {
          throw new IllegalArgumentException("rows are not in order of their times");
        }
      }
    }

    @Override
    public double at(long nanos) {
      return rate(row(nanos), nanos);
    }

    @Override
    public double requests(long fromNanos, long toNanos) {
      int row = row(fromNanos);
      double requests = 0;
      long begin = fromNanos;
      while (begin < toNanos) {
        long end = row + 1 < rows.size() ? Math.min(toNanos, rows.get(row + 1).atNanos()) : toNanos;
        requests += (rate(row, begin) + rate(row, end)) / 2 * seconds(end - begin);
        begin = end;
        row++;
      }
      return requests;
    }

    /** The last row that is not after a time, -1 before the first. */
    private int row(long nanos) {
      int low = -1;
      int high = rows.size();
      while (high - low > 1) {
        int middle = (low + high) >>> 1;
        if (rows.get(middle).atNanos() <= nanos) {
          low = middle;
        } else {
          high = middle;
        }
      }
      return low;
    }

    private double rate(int row, long nanos) {
      if (row < 0) {
        return rows.get(0).perSecond();
      }
      Step here = rows.get(row);
      if (row + 1 == rows.size()) {
        return here.perSecond();
      }
      Step next = rows.get(row + 1);
      double part = (double) (nanos - here.atNanos()) / (next.atNanos() - here.atNanos());
      return here.perSecond() + part * (next.perSecond() - here.perSecond());
    }
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
