package io.towtank.controllers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.towtank.api.Deployment;
import io.towtank.api.PodTemplateSpec;
import io.towtank.controllers.TestCluster;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TemplateHashTest {
  private static PodTemplateSpec template(String spec) {
    return ((Deployment)
            TestCluster.read(
                """
                {'apiVersion': 'apps/v1', 'kind': 'Deployment', 'metadata': {'name': 'd'},
                 'spec': {'selector': {}, 'template': {'metadata': {}, 'spec': %s}}}
                """
                    .formatted(spec)))
        .spec()
        .template();
  }

  @Test
  void isTheSameInEveryRun() {
    assertThat(TemplateHash.of(template("{'containers': [{'name': 'c', 'image': 'app:1'}]}"), null))
        .isEqualTo("5484b6f59d");
  }

  @Test
  void doesNotDependOnTheOrderOfFields() {
    assertThat(
            TemplateHash.of(
                template(
                    "{'hostname': 'h', 'dnsPolicy': 'None', 'containers': [{'image': 'a', 'name':"
                        + " 'c', 'env': [{'value': 'x', 'name': 'y'}]}]}"),
                null))
        .isEqualTo(
            TemplateHash.of(
                template(
                    "{'containers': [{'name': 'c', 'env': [{'name': 'y', 'value': 'x'}], 'image':"
                        + " 'a'}], 'dnsPolicy': 'None', 'hostname': 'h'}"),
                null));
  }

  @Test
  void dependsOnEverythingAndOnCollisions() {
    Set<String> hashes = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      hashes.add(
          TemplateHash.of(
              template("{'containers': [{'name': 'c', 'image': 'app:%d'}]}".formatted(i)), null));
    }
    PodTemplateSpec one = template("{'containers': [{'name': 'c', 'image': 'app:1'}]}");
    hashes.add(TemplateHash.of(one, 0));
    hashes.add(TemplateHash.of(one, 1));
    hashes.add(TemplateHash.of(one, 256));
    assertThat(hashes)
        .hasSize(1_003)
        .allMatch(hash -> hash.matches("[bcdfghjklmnpqrstvwxz2456789]{5,10}"));
  }
}
