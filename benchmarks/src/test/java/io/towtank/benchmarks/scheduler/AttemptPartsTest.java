package io.towtank.benchmarks.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import io.towtank.scheduler.framework.TopologyRule;
import io.towtank.scheduler.workload.SchedulerWorkload;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class AttemptPartsTest {
  /** A method that got another name would count as nothing. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REST")
  void partsAreKnownByMethodsThatExist(AttemptParts.Part part) throws ClassNotFoundException {
    assertThat(part.methods()).isNotEmpty();
    for (String name : part.methods()) {
      List<String> words = Splitter.on('.').splitToList(name);
      Class<?> type =
          words.contains("*")
              ? TopologyRule.class
              : Class.forName(
                  "io.towtank.scheduler." + String.join(".", words.subList(0, words.size() - 1)));
      assertThat(type.getDeclaredMethods()).extracting(Method::getName).contains(words.getLast());
    }
  }

  @Test
  void watchesAWorkload() throws IOException {
    AttemptParts.Result result = AttemptParts.measure(SchedulerWorkload.MIXED, 100, 0.1);
    assertThat(result.shares()).containsOnlyKeys(AttemptParts.Part.values());
    assertThat(result.shares().values()).allSatisfy(share -> assertThat(share).isBetween(0.0, 1.0));
  }
}
