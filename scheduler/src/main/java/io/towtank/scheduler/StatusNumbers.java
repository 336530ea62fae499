package io.towtank.scheduler;

import io.towtank.scheduler.framework.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Gives the answers of filters small numbers; 0 is success. */
final class StatusNumbers {
  /** How many are looked through by identity: filters give the same few again and again. */
  private static final int FEW = 8;

  private final List<Status> statuses = new ArrayList<>();
  // As plugins gave them, that is without their name: most are constants, known by identity.
  private final List<Status> answers = new ArrayList<>();
  private final List<Integer> orders = new ArrayList<>();
  private final Map<Status, Integer> numbers = new HashMap<>();
  private final Map<Status, Integer> imposed = new HashMap<>();

  StatusNumbers() {
    statuses.add(Status.SUCCESS);
    answers.add(Status.SUCCESS);
    orders.add(Integer.MAX_VALUE);
  }

  /** What a number stands for. */
  Status get(int number) {
    return statuses.get(number);
  }

  /** The place among the profile's filters of the one that gave it; success comes last. */
  int order(int number) {
    return orders.get(number);
  }

  /** Of two answers that of the filter that comes first. */
  int first(int number, int other) {
    return order(number) <= order(other) ? number : other;
  }

  /**
   * The number of a status that goes before what any filter answers. It is another number than that
   * of a filter's equal answer, which has its place among the filters.
   */
  int imposed(Status status) {
    return imposed.computeIfAbsent(
        status,
        s -> {
          statuses.add(s);
          answers.add(Status.SUCCESS);
          orders.add(-1);
          return statuses.size() - 1;
        });
  }

  /**
   * The number of an answer.
   *
   * @param order the place of its filter in the profile
   */
  @SuppressWarnings("ReferenceEquality") // Plugins share their statuses: by identity first.
  int of(Status answer, String plugin, int order) {
    for (int number = Math.min(answers.size(), FEW) - 1; number > 0; number--) {
      if (answers.get(number) == answer) {
        return number;
      }
    }
    Integer known = numbers.get(answer);
    if (known != null && orders.get(known) == order) {
      return known;
    }
    Status named = answer.by(plugin);
    Integer same = numbers.get(named);
    int number = same != null ? same : statuses.size();
    if (same == null) {
      statuses.add(named);
      answers.add(answer);
      orders.add(order);
      numbers.put(named, number);
    }
    numbers.put(answer, number);
    return number;
  }
}
