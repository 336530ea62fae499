package io.towtank.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class IdentityMemoTest {
  @Test
  void derivesOnceAnInstance() {
    int[] derived = {0};
    IdentityMemo<Object, Integer> memo = new IdentityMemo<>(100, key -> ++derived[0]);
    Object one = new Object();
    assertThat(memo.get(one)).isEqualTo(1);
    assertThat(memo.get(one)).isEqualTo(1);
    assertThat(memo.get(new Object())).isEqualTo(2);
    memo.clear();
    assertThat(memo.find(one)).isNull();
    assertThat(memo.get(one)).isEqualTo(3);
  }

  @Test
  void forgetsWhatIsNoLongerAskedFor() {
    IdentityMemo<Object, Object> memo = new IdentityMemo<>(10, key -> key);
    Object asked = new Object();
    Object left = new Object();
    memo.get(asked);
    memo.get(left);
    List<Object> others = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      others.add(memo.get(new Object()));
      assertThat(memo.find(asked)).isSameAs(asked);
    }
    assertThat(memo.find(left)).isNull();
    assertThat(memo.find(others.getFirst())).isNull();
    assertThat(memo.find(others.getLast())).isNotNull();
  }
}
