package io.towtank.controllers.workload;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.store.ApiException;
import io.towtank.store.ApiException.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchesTest {
  private final List<Integer> sizes = new ArrayList<>();
  private final List<Batches.Answer> pending = new ArrayList<>();
  private int sent;
  private int finishedAfter = -1;
  private @Nullable ApiException failure;

  /** Answers each batch as a whole; the request of a number fails. */
  private void answerAll(int failing) {
    while (!pending.isEmpty()) {
      sizes.add(pending.size());
      List<Batches.Answer> batch = List.copyOf(pending);
      pending.clear();
      int first = sent - batch.size();
      for (int i = 0; i < batch.size(); i++) {
        batch
            .get(i)
            .answered(first + i == failing ? new ApiException(Reason.FORBIDDEN, "no") : null);
      }
    }
  }

  private void send(int index, Batches.Answer answer) {
    assertThat(index).isEqualTo(sent);
    sent++;
    pending.add(answer);
  }

  private void finish(int count, @Nullable ApiException error) {
    assertThat(finishedAfter).isEqualTo(-1);
    finishedAfter = count;
    failure = error;
  }

  @ParameterizedTest(name = "slow start of {0}, {1} fails: {2}")
  @CsvSource({
    "0, -1, ''",
    "1, -1, '1'",
    "2, -1, '1, 1'",
    "10, -1, '1, 2, 4, 3'",
    "15, -1, '1, 2, 4, 8'",
    "500, -1, '1, 2, 4, 8, 16, 32, 64, 128, 245'",
    "500, 0, '1'",
    "500, 2, '1, 2'",
    "10, 9, '1, 2, 4, 3'"
  })
  void slowStart(int count, int failing, String expected) {
    Batches.slowStart(count, this::send, this::finish);
    answerAll(failing);
    assertThat(sizes.toString()).isEqualTo("[" + expected + "]");
    assertThat(finishedAfter).isEqualTo(sent);
    assertThat(failure == null).isEqualTo(failing < 0);
  }

  @ParameterizedTest(name = "{0} at once, {1} fails")
  @CsvSource({"0, -1", "7, -1", "7, 3"})
  void all(int count, int failing) {
    Batches.all(count, this::send, this::finish);
    assertThat(sent).isEqualTo(count);
    answerAll(failing);
    assertThat(finishedAfter).isEqualTo(count);
    assertThat(failure == null).isEqualTo(failing < 0);
  }

  @ParameterizedTest(name = "{0} one by one, {1} fails: {2} sent")
  @CsvSource({"0, -1, 0", "5, -1, 5", "5, 1, 2"})
  void oneByOne(int count, int failing, int expected) {
    Batches.oneByOne(count, this::send, this::finish);
    answerAll(failing);
    assertThat(sizes).allMatch(size -> size == 1);
    assertThat(finishedAfter).isEqualTo(expected);
  }
}
