package io.towtank.scenarios.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import io.towtank.api.Node;
import io.towtank.api.PodSpec;
import io.towtank.api.Quantity;
import io.towtank.manifest.ManifestException;
import io.towtank.scenarios.input.InvalidInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenbTest {
  private static final String NODE_HEADER = "sn,cpu_milli,memory_mib,gpu,model\n";
  private static final String POD_HEADER =
      "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
          + "deletion_time,scheduled_time\n";

  @TempDir private Path directory;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void readsNodes() throws IOException {
    ImmutableList<Node> nodes =
        Openb.readNodes(file("n.csv", NODE_HEADER + "a,96000,393216,8,G2\n\nb,32000,1024,0,\n"));

    assertThat(nodes).extracting(Node::name).containsExactly("a", "b");
    assertThat(nodes.get(0).status().allocatable())
        .containsEntry("cpu", Quantity.parse("96"))
        .containsEntry("memory", Quantity.parse("384Gi"))
        .containsEntry("pods", Quantity.parse("110"))
        .containsEntry("nvidia.com/gpu", Quantity.parse("8"))
        .containsEntry("towtank.io/gpu-milli", Quantity.parse("8000"));
    assertThat(nodes.get(0).metadata().labels())
        .containsEntry("nvidia.com/gpu.product", "G2")
        .containsEntry("kubernetes.io/hostname", "a");
    assertThat(nodes.get(1).status().allocatable()).doesNotContainKey("nvidia.com/gpu");
    assertThat(nodes.get(1).metadata().labels()).doesNotContainKey("nvidia.com/gpu.product");
  }

  @Test
  void readsPodsInTheOrderOfTheirArrival() throws IOException {
    OpenbPods pods =
        Openb.readPods(
            file(
                "p.csv",
                POD_HEADER
                    + "late,1000,1024,0,0,,LS,Running,7,9.5,7\n"
                    + "whole,12000,16384,2,1000,,BE,Running,0,10,0\n"
                    + "share,6000,12288,1,460,T4|P100,LS,Pending,0,10,\n"
                    + "same,1000,1024,0,0,,LS,Running,7,8,7\n"));

    assertThat(pods.entries())
        .extracting(OpenbPods.Entry::name)
        .containsExactly("whole", "share", "late", "same");
    OpenbPods.Entry late = pods.entries().get(2);
    assertThat(late.arrivesNanos()).isEqualTo(7_000_000_000L);
    assertThat(late.leavesNanos()).isEqualTo(9_500_000_000L);
    assertThat(late.template()).isSameAs(pods.entries().get(3).template());
    assertThat(late.template().labels()).containsEntry("towtank.io/qos", "LS");
    assertThat(requests(pods, 0))
        .isEqualTo("{cpu=12, memory=16Gi, nvidia.com/gpu=2, towtank.io/gpu-milli=2k}");
    assertThat(requests(pods, 1)).isEqualTo("{cpu=6, memory=12Gi, towtank.io/gpu-milli=460}");
    assertThat(requests(pods, 2)).isEqualTo("{cpu=1, memory=1Gi}");
    assertThat(String.valueOf(pods.entries().get(1).template().spec().affinity()))
        .contains("nvidia.com/gpu.product", "In", "[T4, P100]");
  }

  private static String requests(OpenbPods pods, int index) {
    PodSpec spec = pods.entries().get(index).template().spec();
    return String.valueOf(
        spec.containers().get(0).resources() == null
            ? null
            : spec.containers().get(0).resources().requests());
  }

  @Test
  void readsWhatIsCompressed() throws IOException {
    Path file = directory.resolve("n.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write((NODE_HEADER + "a,96000,393216,8,G2\n").getBytes(StandardCharsets.UTF_8));
    }

    assertThat(Openb.readNodes(file)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "sn,cpu_mili,memory_mib,gpu,model | - | :1:4: cpu_mili: unknown column; did you mean"
            + " \"cpu_milli\"?",
        "sn,cpu_milli,memory_mib,gpu | - | :1:1: column \"model\" is missing",
        "sn,sn,cpu_milli,memory_mib,gpu,model | - | :1:4: sn: this column stands here a second"
            + " time",
        "- | - | has no nodes",
        "- | a,1,2,3 | :2:1: this row has 4 cells, and there are 5 columns",
        "- | A_b,1000,1024,0, | :2:1: sn: \"A_b\" is no name of an object",
        "- | a,much,1024,0, | :2:3: cpu_milli: \"much\" is no whole number",
        "- | a,1000,0,0, | :2:8: memory_mib: 0 is not from 1 to",
        "- | a,1000,1024,-1, | :2:13: gpu: -1 is not from 0 to 1000",
        "- | a,1000,1024,2, | :2:15: model: is empty, but the node has 2 GPUs",
        "- | a,1000,1024,2,a b | :2:15: model: \"a b\" is no value of a label",
      })
  void tellsWhereATableOfNodesIsWrong(String header, String row, String message)
      throws IOException {
    String text = (header == null ? NODE_HEADER : header + "\n") + (row == null ? "" : row + "\n");

    assertThatThrownBy(() -> Openb.readNodes(file("nodes.csv", text)))
        .isInstanceOfAny(ManifestException.class, InvalidInputException.class)
        .hasMessageContaining("nodes.csv")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a,1000,1024,0,500,,LS,Running,0,1,0; :3:15: gpu_milli: 500 of no device: num_gpu is 0",
        "a,1000,1024,1,0,,LS,Running,0,1,0; :3:15: gpu_milli: 0 of 1 devices: 1000 is all of",
        "a,1000,1024,2,500,,LS,Running,0,1,0; :3:15: gpu_milli: 500: only a pod with one device",
        "a,1000,1024,1,1001,,LS,Running,0,1,0; :3:15: gpu_milli: 1001 is not from 0 to 1000",
        "a,1000,1024,1,1000,T4|,LS,Running,0,1,0; gpu_spec: there is a GPU type missing",
        "a,1000,1024,0,0,,LS,Running,5,4,0; :3:31: deletion_time: 4 is before creation_time 5",
        "a,1000,1024,0,0,,LS,Running,soon,4,0; creation_time: \"soon\" is no number of seconds",
        "a,1000,1024,0,0,,LS,Running,-5,4,0; creation_time: -5 is not from 0 s",
        "first,1000,1024,0,0,,LS,Running,1,4,0; :3:1: name: \"first\" is the name in line 2 too",
      })
  void tellsWhereATableOfPodsIsWrong(String row, String message) throws IOException {
    String text = POD_HEADER + "first,1000,1024,0,0,,LS,Running,0,1,0\n" + row + "\n";

    assertThatThrownBy(() -> Openb.readPods(file("pods.csv", text)))
        .isInstanceOf(ManifestException.class)
        .hasMessageContaining("pods.csv")
        .hasMessageContaining(message);
  }

  @Test
  void tellsWhatIsWrongWithAFile() throws IOException {
    assertThatThrownBy(() -> Openb.readNodes(directory.resolve("none.csv")))
        .hasMessageContaining("none.csv: there is no such file");
    assertThatThrownBy(() -> Openb.readNodes(file("n.csv.gz", NODE_HEADER)))
        .hasMessageContaining("n.csv.gz: is no gzip file");
    assertThatThrownBy(() -> Openb.readNodes(directory))
        .hasMessageContaining("is a directory, and a file is wanted");
  }
}
