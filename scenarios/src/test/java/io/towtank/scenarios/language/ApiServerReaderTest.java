package io.towtank.scenarios.language;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSet;
import io.towtank.manifest.Cursor;
import io.towtank.manifest.ManifestException;
import io.towtank.manifest.Problems;
import io.towtank.manifest.YamlReader;
import io.towtank.store.admission.ApiServerOptions;
import io.towtank.store.admission.StandardAdmission;
import io.towtank.validation.FeatureGates;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ApiServerReaderTest {
  private final Problems problems = new Problems();

  private ApiServerOptions read(String yaml) {
    return ApiServerReader.read(
        Cursor.of(YamlReader.read("a.yaml", "apiServer: " + yaml).getFirst(), problems)
            .field("apiServer"),
        FeatureGates.DEFAULT);
  }

  @Test
  void readsFlagsByTheirNames() {
    ApiServerOptions options =
        read(
            "{serviceClusterIPRange: '10.43.0.0/16, fd00::/112', disableAdmissionPlugins:"
                + " [ServiceAccount, Priority]}");
    problems.throwIfAny();
    assertThat(options.services().clusterIps()).containsExactly("10.43.0.0/16", "fd00::/112");
    assertThat(options.disabledPlugins()).isEqualTo(ImmutableSet.of("ServiceAccount", "Priority"));
    assertThat(read("{}")).isEqualTo(ApiServerOptions.DEFAULT);
    assertThat(StandardAdmission.chain(options)).hasSize(StandardAdmission.chain().size() - 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {serviceClusterIPRange: 10.43.0.0} | a.yaml:1:36: apiServer.serviceClusterIPRange: no range of addresses: "10.43.0.0"; one is written as in 10.96.0.0/12
          {serviceClusterIPRange: '10.43.0.0/16,10.44.0.0/16'} | a.yaml:1:36: apiServer.serviceClusterIPRange: two ranges of cluster IPs are one of IPv4 and one of IPv6, not 10.43.0.0/16 and 10.44.0.0/16
          {disableAdmissionPlugins: [ServiceAcount]} | a.yaml:1:39: apiServer.disableAdmissionPlugins[0]: there is no admission plugin "ServiceAcount"; did you mean "ServiceAccount"?
          """)
  void mistakesHaveTheirPlace(String yaml, String message) {
    read(yaml);
    List<String> found = new ArrayList<>();
    try {
      problems.throwIfAny();
    } catch (ManifestException e) {
      e.problems().forEach(problem -> found.add(problem.toString()));
    }
    assertThat(found).containsExactly(message);
  }
}
